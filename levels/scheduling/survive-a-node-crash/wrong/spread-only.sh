# fails: window-always
# Well spread, but the front door waits longer for a dead pod than the customers do.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
for d in web wordpress mariadb; do
  kubectl patch deployment $d --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
done
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'
for d in web wordpress mariadb; do kubectl rollout status deployment/$d --timeout=300s; done
answer patience 300
