# fails: moved
# The page survives; the question answered as if a pod could move.
kubectl create deployment web --image=nginx:1.27
kubectl rollout status deployment/web --timeout=60s
answer moved c
