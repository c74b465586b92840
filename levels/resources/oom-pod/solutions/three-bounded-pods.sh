# Three pods of 512Mi with eight workers each; the whole conf-enabled directory is ours.
kubectl create configmap workers --from-literal=zz-workers.conf='<IfModule mpm_prefork_module>
  ServerLimit 8
  MaxRequestWorkers 8
</IfModule>'
cat > bound.yaml <<'YAML'
spec:
  replicas: 3
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
  template:
    spec:
      containers:
        - name: wordpress
          resources: {requests: {memory: 512Mi}, limits: {memory: 512Mi}}
          volumeMounts: [{name: workers, mountPath: /etc/apache2/conf-enabled}]
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=240s
answer fits 9
