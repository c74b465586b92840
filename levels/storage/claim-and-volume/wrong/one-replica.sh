# fails: album-open by-claim photos-stay
# The volume is there, but only one of the two replicas is left.
kubectl patch pv nfs-0002 --as=administrador -p '{"spec":{"accessModes":["ReadWriteMany"]}}'
kubectl scale deployment/fotos --replicas=1
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
