# fails: menchu-sees
# A fine nginx that nobody looks for: its label is run=nginx.
kubectl run nginx --image=nginx:1.27
kubectl wait pod nginx --for=condition=Ready --timeout=60s
answer who-am-i b
