# fails: menchu-reads still-there bad-deployment
# Something answers 200 with whatever it was asked; no database was ever seen.
kubectl create configmap echo --from-literal=default.conf='server { listen 80; location / { default_type text/html; return 200 "$request_method $request_uri $http_user_agent"; } }'
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: echo}
spec:
  replicas: 2
  selector: {matchLabels: {app: echo}}
  template:
    metadata: {labels: {app: echo}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
      volumes: [{name: conf, configMap: {name: echo}}]
YAML
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"echo"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl rollout status deployment/echo --timeout=120s
answer nobody c
