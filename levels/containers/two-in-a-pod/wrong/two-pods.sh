# fails: visits-arrive in-ram
# Both pods have a volume called logs, in RAM: two volumes.
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","volumeMounts":[{"name":"logs","mountPath":"/var/log/nginx"}]}],"volumes":[{"name":"logs","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}}]}}}}'
kubectl patch deployment shipper -p '{"spec":{"template":{"spec":{"volumes":[{"name":"logs","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}}]}}}}'
kubectl set env deployment/shipper ROTATE_AT=100000
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
