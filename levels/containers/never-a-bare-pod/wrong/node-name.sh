# fails: whole-morning
# nodeName goes past the scheduler, and past the cordon: the pod comes back on the machine that is about to be switched off.
kubectl create deployment web --image=nginx:1.27
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"nodeName":"node-c"}}}}'
kubectl rollout status deployment/web --timeout=60s
answer moved b
