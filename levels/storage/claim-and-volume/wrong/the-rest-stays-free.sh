# fails: how-much
# The claim is bound; the question answered as if a volume could be shared out.
kubectl patch pv nfs-0002 --as=administrador -p '{"spec":{"accessModes":["ReadWriteMany"]}}'
answer how-much a
