# fails: all-three update hang
# One copy only, with good probes: when it is updated nobody is left.
kubectl patch deployment wordpress -p '{"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/","port":"http"},"periodSeconds":5,"timeoutSeconds":3},"livenessProbe":{"httpGet":{"path":"/readme.html","port":"http"},"timeoutSeconds":3}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
