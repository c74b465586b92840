# fails: menchu-reads still-there bad-deployment
# MariaDB's Secret gets the new password; a database that is initialised does not read it.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret mariadb -p "{\"data\":{\"password\":\"$(kubectl get secret wordpress-db -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/mariadb
kubectl rollout status deployment/mariadb --timeout=120s
answer nobody c
