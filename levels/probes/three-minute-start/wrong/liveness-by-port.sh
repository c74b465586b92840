# fails: watched
# Startup may take its time; but liveness is content with an open port, and the kernel opens it for a process that hangs, too.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","startupProbe":{"tcpSocket":{"port":"mysql"},"periodSeconds":10,"failureThreshold":30},"livenessProbe":{"exec":null,"tcpSocket":{"port":"mysql"}}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 18
