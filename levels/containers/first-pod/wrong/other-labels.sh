# fails: menchu-sees
# It runs, but with the label of a Deployment: the Service looks for run=web.
kubectl create deployment web --image=nginx:1.27
kubectl rollout status deployment/web --timeout=60s
answer who-am-i b
