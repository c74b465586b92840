# fails: any-machine
# The right rule, read once, while a machine was off.
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"affinity":null,"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'
kubectl rollout status deployment/web --timeout=180s
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
answer comes-back b
