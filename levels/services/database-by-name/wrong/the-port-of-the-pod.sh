# fails: menchu-reads
# The Service's name with the pod's port: the Service does not listen there.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3306
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
