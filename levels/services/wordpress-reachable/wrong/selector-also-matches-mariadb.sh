# fails: menchu-reads still-there bad-deployment
# site: web1 is the label of everything here: every third request goes to MariaDB.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":null,"site":"web1"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
