# fails: claim-of-the-third
# Both stand; the question answered as if a claim went with its pod.
kubectl delete statefulset nube
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: nube}
spec:
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 5Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: nube
  labels: {app: nube}
spec:
  replicas: 5
  selector: {matchLabels: {app: nube}}
  template:
    metadata: {labels: {app: nube}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          ports: [{name: http, containerPort: 80}]
          readinessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 2}
          volumeMounts:
            - {name: config, mountPath: /etc/nginx/conf.d}
            - {name: files, mountPath: /srv/nube}
      volumes:
        - {name: config, configMap: {name: nube}}
        - {name: files, persistentVolumeClaim: {claimName: nube}}
YAML
kubectl rollout status deployment/nube --timeout=60s
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
answer claim-of-the-third a
