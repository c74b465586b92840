# fails: orders-kept
# A StatefulSet never replaces a pod that may still live on a silent node.
sleep 60
kubectl wait node/node-b --for=condition=Ready --timeout=300s
for d in web wordpress mariadb; do
  kubectl patch deployment $d --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
done
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]}}}}'
kubectl annotate ingress web1 nginx.ingress.kubernetes.io/proxy-connect-timeout=1 nginx.ingress.kubernetes.io/proxy-read-timeout=1 nginx.ingress.kubernetes.io/proxy-next-upstream="error timeout http_502 http_504"
kubectl delete deployment mariadb
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mariadb}
spec:
  serviceName: mariadb-service
  replicas: 1
  selector: {matchLabels: {app: mariadb}}
  template:
    metadata: {labels: {app: mariadb}}
    spec:
      containers:
        - name: mariadb
          image: mariadb:11.4
          env:
            - {name: MARIADB_ROOT_PASSWORD, valueFrom: {secretKeyRef: {name: mariadb, key: root-password}}}
          ports: [{name: mysql, containerPort: 3306}]
          volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: mariadb-data}}]
YAML
kubectl rollout status statefulset/mariadb --timeout=300s
for d in web wordpress; do kubectl rollout status deployment/$d --timeout=300s; done
answer patience 300
