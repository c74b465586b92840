# A balanced Service for discovery alone, without affinity, which shows the not ready as well.
cat > nodes.yaml <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: es-discovery}
spec:
  publishNotReadyAddresses: true
  selector: {app: elasticsearch}
  ports: [{name: transport, port: 9300}]
YAML
kubectl apply -f nodes.yaml
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | .spec.podManagementPolicy = "Parallel" | (.spec.template.spec.containers[0].env[] | select(.name == "discovery.seed_hosts") | .value) = "es-discovery:9300"' > es.json
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
