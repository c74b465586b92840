# The volume that is large enough says now what NFS can do anyway.
kubectl patch pv nfs-0002 --as=administrador -p '{"spec":{"accessModes":["ReadWriteOnce","ReadWriteMany"]}}'
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
