# fails: update
# A file is handed out in maintenance, too: good for liveness, no use for readiness.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/readme.html","port":"http"},"periodSeconds":5,"timeoutSeconds":3},"livenessProbe":{"httpGet":{"path":"/readme.html","port":"http"},"timeoutSeconds":3}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
