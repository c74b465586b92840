# Two smaller ones, each bounded; what one does not need, nobody has to promise.
kubectl create configmap workers --from-literal=zz-workers.conf="ServerLimit 35
MaxRequestWorkers 35"
cat > bound.yaml <<YAML
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: wordpress
          resources: {requests: {memory: 2Gi}, limits: {memory: 2Gi}}
          volumeMounts: [{name: workers, mountPath: /etc/apache2/conf-enabled/zz-workers.conf, subPath: zz-workers.conf}]
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten c
