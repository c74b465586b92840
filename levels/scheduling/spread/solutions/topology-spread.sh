# Wait until the machine is back, then replace the rule: evenly over the machines, without insisting.
kubectl patch deployment web --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}},"matchLabelKeys":["pod-template-hash"]}]}}}}'
kubectl rollout status deployment/web --timeout=180s
answer comes-back b
