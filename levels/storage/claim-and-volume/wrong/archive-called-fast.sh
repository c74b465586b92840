# fails: archive
# The archive's slow disks are called fast.
kubectl patch pv nfs-0003 --as=administrador -p '{"spec":{"storageClassName":"fast"}}'
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
