# fails: any-machine emptied
# The machine comes back, and with it all three: until the next time.
sleep 300
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl rollout status deployment/web --timeout=120s
answer comes-back b
