# fails: full-house
# 120 workers are 5.7 GiB: below the limit, above the request.
kubectl create configmap workers --from-literal=zz-workers.conf="ServerLimit 120
MaxRequestWorkers 120"
cat > bound.yaml <<YAML
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: wordpress
          resources: {requests: {memory: 5Gi}, limits: {memory: 8Gi}}
          volumeMounts: [{name: workers, mountPath: /etc/apache2/conf-enabled/zz-workers.conf, subPath: zz-workers.conf}]
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten c
