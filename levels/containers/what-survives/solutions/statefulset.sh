# A StatefulSet makes its claim itself.
kubectl delete deployment tablon
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: tablon, labels: {app: tablon}}
spec:
  serviceName: tablon
  replicas: 1
  selector: {matchLabels: {app: tablon}}
  template:
    metadata: {labels: {app: tablon}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          volumeMounts:
            - {name: config, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}
            - {name: notes, mountPath: /srv/tablon}
      volumes:
        - {name: config, configMap: {name: tablon}}
  volumeClaimTemplates:
    - metadata: {name: notes}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
YAML
kubectl rollout status statefulset/tablon --timeout=120s
kubectl exec -i tablon-0 -- sh -c 'cat > /srv/tablon/tarta.txt' < tarta.txt
answer restarted c
answer deleted b
