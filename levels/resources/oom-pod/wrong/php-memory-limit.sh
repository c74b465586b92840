# fails: served paella
# PHP may take so little that no page can be made.
kubectl create configmap php --from-literal=zz.ini='memory_limit = 16M'
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","volumeMounts":[{"name":"php","mountPath":"/usr/local/etc/php/conf.d/zz.ini","subPath":"zz.ini"}]}],"volumes":[{"name":"php","configMap":{"name":"php"}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=120s
answer fits 9
