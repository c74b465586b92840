# Felipe's pod becomes the template of a Deployment; the bare pod served meanwhile.
kubectl apply -f web.yaml
cat > deployment.yaml <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: portada}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          ports: [{containerPort: 80}]
YAML
kubectl apply -f deployment.yaml
kubectl rollout status deployment/portada --timeout=60s
kubectl create poddisruptionbudget portada --selector=app=web --min-available=1
kubectl delete pod web
answer moved b
