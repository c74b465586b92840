# fails: hang
# Out of the balancer, and nobody wakes a copy that hangs.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/","port":"http"},"periodSeconds":5,"timeoutSeconds":3}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
