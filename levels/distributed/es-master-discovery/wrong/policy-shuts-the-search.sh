# fails: search-answers master-dies all-restart rolling-restart
# Only the three may come in at all: safe, and of no use.
cat > nodes.yaml <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: es-nodes}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: elasticsearch}
  ports: [{name: transport, port: 9300}]
YAML
kubectl apply -f nodes.yaml
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | .spec.podManagementPolicy = "Parallel" | .spec.serviceName = "es-nodes" | (.spec.template.spec.containers[0].env[] | select(.name == "discovery.seed_hosts") | .value) = "es-nodes"' > es.json
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
YAML
kubectl apply -f policy.yaml
kubectl rollout status statefulset/es --timeout=300s
answer quorum 1
