# fails: menchu-sees
# A Deployment that nobody's way leads to: its pods carry app=portada.
kubectl create deployment portada --image=nginx:1.27
kubectl rollout status deployment/portada --timeout=60s
answer moved b
