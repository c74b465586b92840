# Ready: the page. Alive: a file that Apache hands out.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/","port":"http"},"periodSeconds":5,"timeoutSeconds":3},"livenessProbe":{"httpGet":{"path":"/readme.html","port":"http"},"initialDelaySeconds":10,"timeoutSeconds":3}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
