# fails: headless-name
# As if it were any Service.
kubectl create service clusterip mariadb --clusterip=None --tcp=3306:3306
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-0.mariadb:3306
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name a
