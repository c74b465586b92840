# Liveness begins after the longest start, and then needs only three failures.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","livenessProbe":{"initialDelaySeconds":240,"periodSeconds":10,"failureThreshold":3}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=600s
sleep 120
answer arithmetic 18
