# fails: busy-hour
# In RAM, and for ever growing: what fills up is the memory.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory}/" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
