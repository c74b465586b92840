# A startup probe with room for five minutes; liveness stays as strict as it was.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","startupProbe":{"tcpSocket":{"port":"mysql"},"periodSeconds":10,"failureThreshold":30}}]}}}}'
answer arithmetic 18
kubectl rollout status deployment/mariadb --timeout=600s
