# fails: still-there
# By way of a node and a random port: both may change, and the whole company may knock.
kubectl patch service mariadb-service -p '{"spec":{"type":"NodePort"}}'
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=192.168.0.101:$(kubectl get service mariadb-service -o jsonpath='{.spec.ports[0].nodePort}')
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
