# A claim, mounted by a patch; the note goes up the way everybody's does.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: tablon}
spec:
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 1Gi}}
YAML
kubectl patch deployment tablon -p '{"spec":{"template":{"spec":{"volumes":[{"name":"notes","persistentVolumeClaim":{"claimName":"tablon"}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"notes","mountPath":"/srv/tablon"}]}]}}}}'
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
curl -T tarta.txt http://web1.miempresa.com/tablon/tarta.txt
answer restarted c
answer deleted b
