# fails: bad-image bad-program good-version
# Version 2.0 is there, and the next mistake takes it all down again.
kubectl set image deployment/web web=us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0
kubectl rollout status deployment/web --timeout=90s
answer who-keeps c
