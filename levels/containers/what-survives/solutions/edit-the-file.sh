# The way of the brief: the questions are tried out first, then the file is completed and applied.
kubectl apply -f libreta.yaml
kubectl wait pod libreta --for=condition=Ready --timeout=60s
for d in own scratch claim; do kubectl exec libreta -- sh -c "echo tarta > /$d/nota"; done
kubectl exec libreta -- touch /tmp/end
sleep 5
kubectl exec libreta -- ls /own /scratch /claim
answer restarted c
kubectl delete pod libreta
kubectl apply -f libreta.yaml
kubectl wait pod libreta --for=condition=Ready --timeout=60s
kubectl exec libreta -- ls /own /scratch /claim
answer deleted b
sed -i 's|          volumeMounts:|          volumeMounts:\n            - {name: notes, mountPath: /srv}|; s|      volumes:|      volumes:\n        - {name: notes, persistentVolumeClaim: {claimName: tablon}}|' tablon.yaml
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: tablon}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
YAML
kubectl apply -f tablon.yaml
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
