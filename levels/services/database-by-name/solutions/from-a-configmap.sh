# The name stands in a ConfigMap, where it can be found.
kubectl create configmap blog --from-literal=WORDPRESS_DB_HOST=mariadb-service:3307
kubectl set env deployment/wordpress WORDPRESS_DB_HOST-
kubectl set env deployment/wordpress --from=configmap/blog
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
