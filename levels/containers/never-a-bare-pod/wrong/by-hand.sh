# fails: whole-morning
# Recreated by hand: good until the next node is emptied.
kubectl apply -f web.yaml
kubectl wait pod web --for=condition=Ready --timeout=60s
answer moved b
