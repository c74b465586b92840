# fails: own-data three
# The cloud is right; the three databases go on fighting for one directory.
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
answer claim-of-the-third b
