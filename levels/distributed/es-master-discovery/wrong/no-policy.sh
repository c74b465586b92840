# fails: no-stranger no-neighbour
# They have found each other, and everybody else may find them, too.
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
kubectl rollout status statefulset/es --timeout=300s
answer quorum 1
