# fails: rolling-restart
# Without a readiness probe everybody is ready at once: the circle is cut, and so is the search, at the next rolling restart.
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | del(.spec.template.spec.containers[0].readinessProbe)' > es.json
kubectl delete statefulset es
kubectl apply -f es.json
kubectl patch service es -p '{"spec":{"sessionAffinity":"None"}}'
cat > policy.yaml <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: elasticsearch}
spec:
  podSelector: {matchLabels: {app: elasticsearch}}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: elasticsearch}}}]
      ports: [{port: 9300}]
    - ports: [{port: 9200}]
YAML
kubectl apply -f policy.yaml
kubectl rollout status statefulset/es --timeout=300s
sleep 90
answer quorum 1
