# What counts is the ReplicaSet; it can also be had without a Deployment.
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27"}]
YAML
kubectl wait pod -l app=web --for=condition=Ready --timeout=60s
answer moved b
