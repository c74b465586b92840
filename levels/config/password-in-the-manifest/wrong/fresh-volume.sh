# fails: menchu-reads
# An empty volume believes its environment: everybody gets in, and nothing is there.
pw=$(head -c 12 /dev/urandom | base64 | tr -d "/+=")
kubectl create secret generic blog-db --from-literal=WORDPRESS_DB_PASSWORD="$pw"
kubectl set env deployment/wordpress --from=secret/blog-db
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","env":[{"name":"MARIADB_PASSWORD","value":null,"valueFrom":{"secretKeyRef":{"name":"blog-db","key":"WORDPRESS_DB_PASSWORD"}}}]}]}}}}'
kubectl scale deployment mariadb --replicas=0
kubectl delete pvc mariadb-data --wait=false
sleep 20
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mariadb-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
YAML
kubectl scale deployment mariadb --replicas=1
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
kubectl annotate deployment mariadb wordpress kubectl.kubernetes.io/last-applied-configuration-
for rs in $(kubectl get replicasets -o json | jq -r ".items[] | select(.spec.replicas == 0) | .metadata.name"); do kubectl delete replicaset "$rs"; done
answer initialised b
