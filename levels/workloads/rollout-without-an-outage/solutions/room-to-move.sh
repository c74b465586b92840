# A quarter may be missing, a quarter come on top; the probe is of the TCP sort, and a pod that goes waits a while before it ends.
kubectl rollout undo deployment/web --to-revision=1
kubectl get deployment web -o json | jq '.spec.strategy.rollingUpdate = {maxSurge: "25%", maxUnavailable: "25%"} | .spec.minReadySeconds = 3 | .spec.template.spec.containers[0] += {image: "us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0", readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 2}, lifecycle: {preStop: {sleep: {seconds: 10}}}}' > web.json
kubectl replace -f web.json
kubectl rollout status deployment/web --timeout=120s
answer who-keeps c
