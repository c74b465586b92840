# fails: still-there
# WordPress has the Service's address instead of its name.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get service mariadb-service -o jsonpath='{.spec.clusterIP}'):3307
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
