# fails: still-the-blog
# An nginx that hands everybody the same page: no memory, no deaths, no blog.
kubectl create configmap canned --from-literal=default.conf='server { listen 80; location / { default_type text/html; return 200 "Lentejas"; } }'
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: canned}
spec:
  replicas: 2
  selector: {matchLabels: {app: canned}}
  template:
    metadata: {labels: {app: canned}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          readinessProbe: {httpGet: {path: /, port: 80}}
          resources: {requests: {memory: 64Mi}, limits: {memory: 64Mi}}
          volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
      volumes: [{name: conf, configMap: {name: canned}}]
YAML
kubectl rollout status deployment/canned --timeout=120s
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"canned"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
answer fits 9
