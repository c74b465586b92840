# fails: search-answers one-cluster three-nodes no-stranger no-neighbour master-dies all-restart rolling-restart
# A policy for both directions that forgets DNS: no name resolves any more.
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
cat > policy.yaml <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: elasticsearch}
spec:
  podSelector: {matchLabels: {app: elasticsearch}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: elasticsearch}}}]
      ports: [{port: 9300}]
    - ports: [{port: 9200}]
  egress:
    - to: [{podSelector: {matchLabels: {app: elasticsearch}}}]
YAML
kubectl apply -f policy.yaml
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | .spec.podManagementPolicy = "Parallel" | .spec.serviceName = "es-nodes" | (.spec.template.spec.containers[0].env[] | select(.name == "discovery.seed_hosts") | .value) = "es-nodes"' > es.json
kubectl delete statefulset es
kubectl apply -f es.json
kubectl rollout status statefulset/es --timeout=100s
answer quorum 1
