# fails: after-a-move
# An emptyDir: tested once, with a restart, and it is still there.
kubectl patch deployment tablon -p '{"spec":{"template":{"spec":{"volumes":[{"name":"notes","emptyDir":{}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"notes","mountPath":"/srv/tablon"}]}]}}}}'
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
kubectl exec deployment/tablon -- nginx -s stop
sleep 5
kubectl exec deployment/tablon -- cat /srv/tablon/tarta.txt
answer restarted c
answer deleted b
