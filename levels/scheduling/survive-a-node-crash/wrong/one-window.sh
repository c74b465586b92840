# fails: window-open window-always three-windows
# One replica, free to go anywhere.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
for d in web wordpress mariadb; do
  kubectl patch deployment $d --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
done
kubectl annotate ingress web1 nginx.ingress.kubernetes.io/proxy-connect-timeout=1 nginx.ingress.kubernetes.io/proxy-read-timeout=1 nginx.ingress.kubernetes.io/proxy-next-upstream="error timeout http_502 http_504"
kubectl scale deployment web --replicas=1
for d in web wordpress mariadb; do kubectl rollout status deployment/$d --timeout=300s; done
answer patience 300
