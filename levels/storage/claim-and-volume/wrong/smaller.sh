# fails: claim-fits
# Half the room: the photos will not fit.
kubectl scale deployment/fotos --replicas=0
kubectl delete pvc fotos
sed -i -e 's/storageClassName: fast/storageClassName: fast/' -e 's/\[ReadWriteMany\]/[ReadWriteMany]/' -e 's/storage: 20Gi/storage: 10Gi/' fotos.yaml
kubectl apply -f fotos.yaml
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
