# fails: after-a-move
# The disk of one node: there as long as the pod comes back to it.
kubectl patch deployment tablon -p '{"spec":{"template":{"spec":{"volumes":[{"name":"notes","hostPath":{"path":"/srv/tablon","type":"DirectoryOrCreate"}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"notes","mountPath":"/srv/tablon"}]}]}}}}'
kubectl rollout status deployment/tablon --timeout=120s
sleep 5
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
kubectl delete pod -l app=tablon
kubectl rollout status deployment/tablon --timeout=60s
sleep 5
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
answer restarted c
answer deleted b
