# fails: arithmetic
# All mended, the question answered wrongly.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","startupProbe":{"tcpSocket":{"port":"mysql"},"periodSeconds":10,"failureThreshold":30}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 20
