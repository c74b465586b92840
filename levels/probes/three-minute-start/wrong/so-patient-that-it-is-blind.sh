# fails: watched
# Forty failures: the start gets through, and a hang is noticed after more than six minutes.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","livenessProbe":{"failureThreshold":40}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 18
