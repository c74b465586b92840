# fails: still-there
# The address of the Service: good for as long as the Service lives.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get service mariadb-service -o jsonpath='{.spec.clusterIP}'):3307
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
