# fails: what-stays
# The name is in; the question answered as if a pod kept its address.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays a
