# fails: update
# Readiness as it was; who is in maintenance is restarted, and until then has visitors.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":5,"timeoutSeconds":3}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
