# fails: still-there
# Looked up and typed in, like the last time.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get pods -l app=mariadb -o jsonpath='{.items[0].status.podIP}'):3306
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
