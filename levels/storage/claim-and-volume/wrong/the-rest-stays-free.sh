# fails: how-much
kubectl patch pv nfs-0002 --as=administrador -p '{"spec":{"accessModes":["ReadWriteMany"]}}'
answer how-much a
