# fails: all-restart
# es-0 begins alone, the others join one after another: it comes up once, and never again after all have stopped.
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | (.spec.template.spec.containers[0].env[] | select(.name == "cluster.initial_master_nodes") | .value) = "es-0"' > es.json
kubectl delete statefulset es
kubectl apply -f es.json
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
answer quorum 1
