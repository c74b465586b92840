# fails: busy-hour
# Nobody throws anything away; twice the pods only means that it takes twice as long.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: 1Mi}/" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl scale deployment web --replicas=2
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
