# fails: claim-fits
# The default class makes a volume at once, on whatever disks it has.
kubectl scale deployment/fotos --replicas=0
kubectl delete pvc fotos
sed -i -e 's/storageClassName: fast/storageClassName: nfs/' -e 's/\[ReadWriteMany\]/[ReadWriteMany]/' -e 's/storage: 20Gi/storage: 20Gi/' fotos.yaml
kubectl apply -f fotos.yaml
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
