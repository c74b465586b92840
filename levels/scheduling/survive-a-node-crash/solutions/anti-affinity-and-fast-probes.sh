# Anti-affinity, probes every second, and pods that do not wait five minutes on a dead node.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
cat > away.yaml <<'YAML'
spec:
  template:
    spec:
      nodeSelector: null
      tolerations:
        - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 20}
        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 20}
YAML
for d in web wordpress mariadb; do kubectl patch deployment $d --patch-file away.yaml; done
cat > web.yaml <<'YAML'
spec:
  replicas: 5
  template:
    spec:
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
      containers:
        - name: nginx
          readinessProbe: {periodSeconds: 1, failureThreshold: 2}
          livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
YAML
kubectl patch deployment web --patch-file web.yaml
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"podAffinityTerm":{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"wordpress"}}}}]}}}}}}'
kubectl annotate ingress web1 nginx.ingress.kubernetes.io/proxy-connect-timeout=1 nginx.ingress.kubernetes.io/proxy-read-timeout=2
for d in web wordpress mariadb; do kubectl rollout status deployment/$d --timeout=300s; done
answer patience 300
