# The administrator offers one volume more.
kubectl apply --as=administrador -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: {name: nfs-0004}
spec:
  storageClassName: fast
  capacity: {storage: 30Gi}
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  nfs: {server: 192.168.0.60, path: /exports/ssd/nfs-0004}
YAML
kubectl wait pvc/fotos --for=jsonpath='{.status.phase}'=Bound --timeout=60s
answer how-much b
