# fails: emptied
# A Deployment for each machine, by nodeName: one everywhere, until a machine is emptied.
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl patch deployment web --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
kubectl rollout status deployment/web --timeout=120s
for n in a b c; do
  kubectl get deployment web -o json | jq --arg n $n 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.managedFields, .status) | .metadata.name = "web-" + $n | .spec.replicas = 1 | .spec.selector.matchLabels.machine = $n | .spec.template.metadata.labels.machine = $n | .spec.template.spec.nodeName = "node-" + $n' > web-$n.json
  kubectl create -f web-$n.json
done
for n in a b c; do kubectl rollout status deployment/web-$n --timeout=120s; done
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"nodeName":"node-a"}}}}'
kubectl rollout status deployment/web --timeout=120s
answer comes-back b
