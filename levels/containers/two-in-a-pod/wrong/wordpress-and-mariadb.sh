# fails: which-pair
# All mended; the question answered with two that only talk to each other.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: 1Mi}/; s/            - {name: TO/            - {name: ROTATE_AT, value: \"100000\"}\n            - {name: TO/" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair a
