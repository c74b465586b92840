# fails: still-there bad-deployment
# A static copy of the post: readable for ever, and nobody can comment on it.
kubectl create configmap copy --from-literal=default.conf='server { listen 80; location / { default_type text/html; return 200 "Menchu cumple 30 años en la casa. La tarta está en la cocina, armario {{cupboard}}."; } }'
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: copy}
spec:
  replicas: 2
  selector: {matchLabels: {app: copy}}
  template:
    metadata: {labels: {app: copy}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          readinessProbe: {httpGet: {path: /, port: 80}}
          volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
      volumes: [{name: conf, configMap: {name: copy}}]
YAML
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"copy"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl rollout status deployment/copy --timeout=120s
answer nobody c
