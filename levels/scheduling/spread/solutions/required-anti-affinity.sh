# Never two on one machine; the update takes one away before it makes one, since there is no fourth machine.
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl patch deployment web -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},"template":{"spec":{"affinity":{"podAffinity":null,"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"web"}},"matchLabelKeys":["pod-template-hash"]}]}}}}}}'
kubectl rollout status deployment/web --timeout=180s
answer comes-back b
