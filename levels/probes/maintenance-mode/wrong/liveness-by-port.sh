# fails: hang
# The kernel accepts a connection for a process that sleeps.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/","port":"http"},"periodSeconds":5,"timeoutSeconds":3},"livenessProbe":{"tcpSocket":{"port":"http"}}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
