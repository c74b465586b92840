# fails: claim-fits
# The claim takes what is on offer; that several write is forgotten.
kubectl scale deployment/fotos --replicas=0
kubectl delete pvc fotos
sed -i -e 's/storageClassName: fast/storageClassName: fast/' -e 's/\[ReadWriteMany\]/[ReadWriteOnce]/' -e 's/storage: 20Gi/storage: 20Gi/' fotos.yaml
kubectl apply -f fotos.yaml
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
