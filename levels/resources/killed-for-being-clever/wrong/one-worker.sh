# fails: all-there served
# Nothing dies, and hardly anybody gets a page.
kubectl create configmap workers --from-literal=zz-workers.conf="ServerLimit 1
MaxRequestWorkers 1"
cat > bound.yaml <<YAML
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: wordpress
          resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}
          volumeMounts: [{name: workers, mountPath: /etc/apache2/conf-enabled/zz-workers.conf, subPath: zz-workers.conf}]
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten c
