# fails: served paella
# Bounded, and a cache beside it that forgets nothing: all is quiet for three minutes, and then it dies after all.
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
        - name: cache
          image: polinux/stress:1.0.4
          command: [sh, -c, "for mb in 16 24 32 40 48 56 64 72 80; do stress --vm 1 --vm-bytes ${mb}M --vm-hang 0 --timeout 30; done"]
          resources: {requests: {memory: 64Mi}, limits: {memory: 64Mi}}
      volumes: [{name: workers, configMap: {name: workers}}]
YAML
kubectl patch deployment wordpress --patch-file bound.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer fits 9
