# fails: window-open window-always
# Three pods by hand, one a node: nobody makes a new one.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
for d in web wordpress mariadb; do
  kubectl patch deployment $d --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
done
kubectl annotate ingress web1 nginx.ingress.kubernetes.io/proxy-connect-timeout=1 nginx.ingress.kubernetes.io/proxy-read-timeout=1 nginx.ingress.kubernetes.io/proxy-next-upstream="error timeout http_502 http_504"
kubectl delete deployment web
for n in a b c; do
  kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: web-$n, labels: {app: web}}
spec:
  nodeSelector: {kubernetes.io/hostname: node-$n}
  containers:
    - name: nginx
      image: nginx:1.27
      ports: [{name: http, containerPort: 80}]
      readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 2}
      volumeMounts: [{name: page, mountPath: /usr/share/nginx/html}]
  volumes: [{name: page, configMap: {name: shop-window}}]
YAML
done
kubectl wait pod -l app=web --for=condition=Ready --timeout=120s
for d in wordpress mariadb; do kubectl rollout status deployment/$d --timeout=300s; done
answer patience 300
