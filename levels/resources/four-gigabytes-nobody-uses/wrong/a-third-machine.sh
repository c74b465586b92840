# fails: menchu-reads all-there nobody-waits
# A developer buys no machines.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Node
metadata: {name: node-c}
YAML
sleep 60
answer left-to-give 3
