# fails: eight-of-ten
# All mended, the question answered as on the whiteboard.
kubectl create configmap workers --from-literal=zz-workers.conf="ServerLimit 100
MaxRequestWorkers 100"
cat > bound.yaml <<YAML
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: wordpress
          resources: {requests: {memory: 5Gi}, limits: {memory: 5Gi}}
          volumeMounts: [{name: workers, mountPath: /etc/apache2/conf-enabled/zz-workers.conf, subPath: zz-workers.conf}]
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten a
