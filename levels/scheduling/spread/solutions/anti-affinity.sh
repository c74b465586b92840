# The opposite rule at once, preferred; made to decide anew when all machines are there.
cat > away.yaml <<'YAML'
spec:
  replicas: 4
  template:
    spec:
      affinity:
        podAffinity: null
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [pod-template-hash]}
YAML
kubectl patch deployment web --patch-file away.yaml
sleep 250
kubectl wait node --all --for=condition=Ready --timeout=120s
kubectl rollout restart deployment web
kubectl rollout status deployment/web --timeout=180s
answer comes-back b
