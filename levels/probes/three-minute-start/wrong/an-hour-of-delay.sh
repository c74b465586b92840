# fails: watched
# Liveness begins after an hour, and after every restart again.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","livenessProbe":{"initialDelaySeconds":3600}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 18
