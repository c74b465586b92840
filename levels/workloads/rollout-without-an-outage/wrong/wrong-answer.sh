# fails: who-keeps
# All mended, the question answered wrongly.
kubectl patch deployment web -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}},"template":{"spec":{"containers":[{"name":"web","image":"us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0","readinessProbe":{"httpGet":{"path":"/","port":8080},"periodSeconds":2}}]}}}}'
kubectl rollout status deployment/web --timeout=90s
answer who-keeps a
