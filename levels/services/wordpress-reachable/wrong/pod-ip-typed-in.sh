# fails: still-there
# WordPress has the address of MariaDB's pod.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get pods -l app=mariadb -o jsonpath='{.items[0].status.podIP}'):3306
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
