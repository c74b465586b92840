# RAM with a bound, and rotation: written into the patch, applied once.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: 1Mi}/; s/            - {name: TO/            - {name: ROTATE_AT, value: \"100000\"}\n            - {name: TO/" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
kubectl delete deployment shipper
answer which-pair c
