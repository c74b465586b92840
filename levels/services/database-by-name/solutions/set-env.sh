# One command: the name, and the port the Service listens on.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
