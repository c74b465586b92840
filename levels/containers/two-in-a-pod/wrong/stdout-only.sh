# fails: visits-arrive in-ram two-files
# The shipper has moved in, but nginx does not mount the volume: its log still goes to stdout.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: 1Mi}/; s/            - {name: TO/            - {name: ROTATE_AT, value: \"100000\"}\n            - {name: TO/" sidecar.yaml
sed -i '/name: nginx/,/mountPath/{/volumeMounts/d; /mountPath/d}' sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
