# fails: whole-morning
# A Deployment whose pods may only run on node-b: while node-b is empty there is no page.
kubectl create deployment web --image=nginx:1.27 --dry-run=client -o yaml > web-deployment.yaml
kubectl apply -f web-deployment.yaml
kubectl patch deployment web -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node-b"}}}}}'
kubectl rollout status deployment/web --timeout=60s
answer moved b
