# fails: four-new good-version
# The new version is out and nobody noticed, with one pod fewer than there were.
kubectl scale deployment/web --replicas=3
kubectl patch deployment web -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}},"template":{"spec":{"containers":[{"name":"web","image":"us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0","readinessProbe":{"httpGet":{"path":"/","port":8080},"periodSeconds":2}}]}}}}'
kubectl rollout status deployment/web --timeout=90s
answer who-keeps c
