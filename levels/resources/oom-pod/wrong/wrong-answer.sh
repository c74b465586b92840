# fails: fits
# All mended, the question answered wrongly.
kubectl create configmap workers --from-literal=zz-workers.conf='<IfModule mpm_prefork_module>
  ServerLimit 18
  MaxRequestWorkers 18
</IfModule>'
cat > bound.yaml <<'YAML'
spec:
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
answer fits 10
