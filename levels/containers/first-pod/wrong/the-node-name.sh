# fails: who-am-i
kubectl run web --image=nginx:1.27
kubectl wait pod web --for=condition=Ready --timeout=60s
answer who-am-i a
