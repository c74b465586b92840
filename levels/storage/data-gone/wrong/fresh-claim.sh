# fails: post-back lives-on
# On the network at last, and empty.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mariadb-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
YAML
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/0","value":{"name":"data","persistentVolumeClaim":{"claimName":"mariadb-data"}}}]'
kubectl rollout status deployment/mariadb --timeout=90s
answer why-no-error c
