# fails: menchu-sees
# Something answers on port 80, but it is not nginx.
kubectl run web --image=traefik/whoami:v1.10
kubectl wait pod web --for=condition=Ready --timeout=60s
answer who-am-i b
