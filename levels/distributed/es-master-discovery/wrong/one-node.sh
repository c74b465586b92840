# fails: search-answers one-cluster three-nodes no-stranger no-neighbour master-dies all-restart rolling-restart
# One node is a cluster, too; a small one.
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | .spec.replicas = 1 | del(.spec.template.spec.containers[0].env[] | select(.name == "cluster.initial_master_nodes" or .name == "discovery.seed_hosts")) | .spec.template.spec.containers[0].env += [{"name": "discovery.type", "value": "single-node"}]' > es.json
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
kubectl rollout status statefulset/es --timeout=100s
answer quorum 1
