# fails: still-there
# The Service selects a label that somebody stuck on one pod: the next pod does not have it.
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
pod=$(kubectl get pods -l app=wordpress --sort-by=.metadata.creationTimestamp -o name | tail -1)
kubectl label "$pod" door=open
kubectl patch service wp-service -p '{"spec":{"selector":{"app":null,"door":"open"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
answer nobody c
