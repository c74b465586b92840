# fails: photos-stay
# The claim is bound, to a directory of one machine, or of whichever the pod is on.
kubectl apply --as=administrador -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  storageClassName: fast
  capacity: {storage: 20Gi}
  accessModes: [ReadWriteMany]
  hostPath: {path: /srv/fotos, type: DirectoryOrCreate}
YAML
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
