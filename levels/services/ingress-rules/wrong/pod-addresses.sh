# fails: pods-change
# A proxy of one's own in web1, which knows the address of today's pod.
ip=$(kubectl get pods -n cantina -l app=menu -o jsonpath='{.items[0].status.podIP}')
kubectl create configmap bridge --from-literal=default.conf="server { listen 80; location / { proxy_pass http://$ip:8000; } }"
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: bridge}
spec:
  selector: {matchLabels: {app: bridge}}
  template:
    metadata: {labels: {app: bridge}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27", volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d}]}]
      volumes: [{name: c, configMap: {name: bridge}}]
YAML
kubectl expose deployment bridge --name=menu --port=8081 --target-port=80
kubectl rollout status deployment/bridge --timeout=60s
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"replace","path":"/spec/rules/1/http/paths/0/backend/service/port/number","value":8081}]'
answer how-known b
