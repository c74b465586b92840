# fails: orders-kept
# An emptyDir can be anywhere, and is empty there.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
for d in web wordpress mariadb; do
  kubectl patch deployment $d --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
done
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'
kubectl annotate ingress web1 nginx.ingress.kubernetes.io/proxy-connect-timeout=1 nginx.ingress.kubernetes.io/proxy-read-timeout=1 nginx.ingress.kubernetes.io/proxy-next-upstream="error timeout http_502 http_504"
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/0","value":{"name":"data","emptyDir":{}}}]'
for d in web wordpress mariadb; do kubectl rollout status deployment/$d --timeout=300s; done
sleep 20
curl -s -m 10 'http://blog.miempresa.com/wp-admin/install.php?step=2' -d 'weblog_title=Pedidos&user_name=felipe&admin_password=x&admin_password2=x&admin_email=felipe%40miempresa.com' >/dev/null
answer patience 300
