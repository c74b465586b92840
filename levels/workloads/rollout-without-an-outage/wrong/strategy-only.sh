# fails: bad-program
# One by one, but Running counts as ready.
kubectl patch deployment web -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}'
kubectl set image deployment/web web=us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
kubectl rollout status deployment/web --timeout=90s
answer who-keeps c
