# One command: a template and a number.
kubectl create deployment web --image=nginx:1.27
kubectl rollout status deployment/web --timeout=60s
answer moved b
