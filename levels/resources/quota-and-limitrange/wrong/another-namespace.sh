# fails: menchu-reads all-there
# A namespace of its own for the catalogue: a developer makes none.
kubectl create namespace web2
kubectl get deployment catalogue -o json | jq 'del(.metadata.uid, .metadata.resourceVersion, .metadata.managedFields, .status) | .metadata.namespace = "web2"' | kubectl apply -f - && kubectl delete deployment catalogue
sleep 30
answer where-from b
