# fails: menchu-reads still-there bad-deployment
# The Secret is right, but the running containers have the old environment.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
answer nobody c
