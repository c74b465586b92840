# Whoever has typed kubectl before writes it down.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: portada
  labels: {run: web}
spec:
  containers:
    - {name: nginx, image: "nginx:1.27-alpine"}
YAML
kubectl wait pod portada --for=condition=Ready --timeout=60s
answer who-am-i b
