# fails: any-machine emptied
# Away from the machine that fell, to one that stands.
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"affinity":null,"nodeName":"node-a"}}}}'
kubectl rollout status deployment/web --timeout=120s
answer comes-back b
