# fails: claim-fits archive
# The slow disks of the archive.
kubectl scale deployment/fotos --replicas=0
kubectl delete pvc fotos
sed -i -e 's/storageClassName: fast/storageClassName: slow/' -e 's/\[ReadWriteMany\]/[ReadWriteMany]/' -e 's/storage: 20Gi/storage: 20Gi/' fotos.yaml
kubectl apply -f fotos.yaml
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
