# fails: busy-hour
# Exactly two times 100 kB: what comes in while the shipper sleeps does not fit, and is lost without a word.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: \"200000\"}/; s/            - {name: TO/            - {name: ROTATE_AT, value: \"100000\"}\n            - {name: TO/" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
