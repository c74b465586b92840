# fails: note-hangs
# The note was hung up before the volume was mounted: it stayed in the old container.
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: tablon}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
YAML
kubectl patch deployment tablon -p '{"spec":{"template":{"spec":{"volumes":[{"name":"notes","persistentVolumeClaim":{"claimName":"tablon"}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"notes","mountPath":"/srv/tablon"}]}]}}}}'
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
answer restarted c
answer deleted b
