# fails: in-ram
# Two pods and a volume on the network: every line travels there and back again before it travels on.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: logs}
spec:
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 1Gi}}
YAML
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","volumeMounts":[{"name":"logs","mountPath":"/var/log/nginx"}]}],"volumes":[{"name":"logs","persistentVolumeClaim":{"claimName":"logs"}}]}}}}'
kubectl patch deployment shipper -p '{"spec":{"template":{"spec":{"volumes":[{"name":"logs","emptyDir":null,"persistentVolumeClaim":{"claimName":"logs"}}]}}}}'
kubectl set env deployment/shipper ROTATE_AT=100000
kubectl rollout status deployment/web --timeout=60s
kubectl rollout status deployment/shipper --timeout=90s
sleep 5
answer which-pair c
