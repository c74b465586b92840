# fails: menchu-reads still-there bad-deployment
# The target port is still 8080: 502.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"}}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
