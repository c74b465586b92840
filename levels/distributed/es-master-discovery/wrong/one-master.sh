# fails: master-dies rolling-restart
# Only es-0 may be master: while it restarts there is none.
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
kubectl get statefulset es -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.creationTimestamp, .metadata.generation, .metadata.managedFields, .status) | .spec.podManagementPolicy = "Parallel" | .spec.serviceName = "es-nodes" | (.spec.template.spec.containers[0].env[] | select(.name == "discovery.seed_hosts") | .value) = "es-nodes" | (.spec.template.spec.containers[0].env[] | select(.name == "cluster.initial_master_nodes") | .value) = "es-0" | .spec.template.spec.containers[0].command = ["sh", "-c", "case $HOSTNAME in es-0) roles=master,data,ingest;; *) roles=data,ingest;; esac; exec /usr/local/bin/docker-entrypoint.sh eswrapper -Enode.roles=$roles"]' > es.json
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
