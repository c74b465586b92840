# fails: who-am-i
# The page is there; the container is taken for the machine it runs on.
kubectl run web --image=nginx:1.27
kubectl wait pod web --for=condition=Ready --timeout=60s
answer who-am-i a
