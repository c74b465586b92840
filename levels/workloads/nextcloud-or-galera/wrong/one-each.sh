# fails: five interchangeable
# One replica is always in agreement with itself.
kubectl scale statefulset/nube --replicas=1
sleep 10
kubectl delete deployment galera
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: galera
  labels: {app: galera}
spec:
  replicas: 3
  serviceName: galera
  selector: {matchLabels: {app: galera}}
  template:
    metadata: {labels: {app: galera}}
    spec:
      containers:
        - name: mariadb
          image: mariadb:11.4
          env:
            - {name: MARIADB_DATABASE, value: empresa}
            - {name: MARIADB_ROOT_PASSWORD, valueFrom: {secretKeyRef: {name: galera, key: root-password}}}
          ports: [{name: mysql, containerPort: 3306}]
          readinessProbe:
            tcpSocket: {port: mysql}
            periodSeconds: 3
          volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
YAML
kubectl rollout status statefulset/galera --timeout=90s
answer claim-of-the-third b
