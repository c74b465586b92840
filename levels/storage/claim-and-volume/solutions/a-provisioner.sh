# The class gets a provisioner behind it; no volume is written by hand.
kubectl delete storageclass fast --as=administrador
kubectl get storageclass nfs -o json | jq '{apiVersion, kind, provisioner, parameters, reclaimPolicy: "Retain", metadata: {name: "fast"}}' > fast.json
kubectl create --as=administrador -f fast.json
kubectl rollout status deployment/fotos --timeout=90s
answer how-much b
