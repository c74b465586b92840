# fails: any-machine
# The rule is gone while a machine is off: three pods on two machines, for ever.
kubectl patch deployment web --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
kubectl rollout status deployment/web --timeout=180s
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
answer comes-back b
