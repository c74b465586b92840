# fails: bad-deployment
# The Service sends to pods that are not ready as well: a readiness probe nobody listens to.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"publishNotReadyAddresses":true,"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
pw=$(kubectl get secret mariadb -o jsonpath='{.data.password}')
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$pw\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
