# fails: after-a-move
# A claim, but of the class whose volumes are directories of one node.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: tablon}
spec:
  storageClassName: local-path
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
YAML
kubectl patch deployment tablon -p '{"spec":{"template":{"spec":{"volumes":[{"name":"notes","persistentVolumeClaim":{"claimName":"tablon"}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"notes","mountPath":"/srv/tablon"}]}]}}}}'
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
answer restarted c
answer deleted b
