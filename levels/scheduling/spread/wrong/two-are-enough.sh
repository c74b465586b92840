# fails: any-machine three
# Two replicas, well spread, over three machines.
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl patch deployment web --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
kubectl rollout status deployment/web --timeout=180s
kubectl patch deployment web -p '{"spec":{"replicas":2,"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}},"matchLabelKeys":["pod-template-hash"]}]}}}}'
kubectl rollout status deployment/web --timeout=180s
answer comes-back b
