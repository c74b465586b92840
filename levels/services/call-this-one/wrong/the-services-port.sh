# fails: blog kept others
# A headless name is the pod itself: nobody turns 3307 into 3306.
kubectl create service clusterip mariadb --clusterip=None --tcp=3307:3306
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-0.mariadb:3307
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
