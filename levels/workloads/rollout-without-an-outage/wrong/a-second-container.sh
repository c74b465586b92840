# fails: version-two four-new
# The container has another name in the patch, so it is a second one: it wants the port the first one has.
kubectl rollout undo deployment/web
kubectl rollout status deployment/web --timeout=60s
kubectl patch deployment web -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}},"template":{"spec":{"containers":[{"name":"hello","image":"us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0"}]}}}}'
sleep 20
answer who-keeps c
