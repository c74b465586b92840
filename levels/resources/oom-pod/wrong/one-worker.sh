# fails: served paella
# Bounded, to one page at a time: nothing dies, and nobody eats.
kubectl create configmap workers --from-literal=zz-workers.conf='<IfModule mpm_prefork_module>
  ServerLimit 1
  MaxRequestWorkers 1
</IfModule>'
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","volumeMounts":[{"name":"workers","mountPath":"/etc/apache2/conf-enabled/zz-workers.conf","subPath":"zz-workers.conf"}]}],"volumes":[{"name":"workers","configMap":{"name":"workers"}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=120s
answer fits 9
