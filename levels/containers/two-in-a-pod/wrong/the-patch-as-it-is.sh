# fails: in-ram busy-hour
# It arrives; but it lies on the node's disk, and grows for ever.
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
