# The Service that the StatefulSet names, with an address of its own: CoreDNS knows the single pods behind it, too.
kubectl create service clusterip mariadb --tcp=3306:3306
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-0.mariadb:3306
kubectl rollout status deployment/wordpress --timeout=60s
answer headless-name b
