# fails: deployed-anew
# Enough for one reader; not for a company.
kubectl scale deployment catalogue --replicas=2
kubectl rollout status deployment/catalogue --timeout=60s
kubectl set resources deployment catalogue --requests=memory=64Mi --limits=memory=64Mi
kubectl rollout status deployment/catalogue --timeout=120s
kubectl scale deployment catalogue --replicas=3
kubectl set resources deployment wordpress --requests=memory=150Mi --limits=memory=150Mi
kubectl rollout status deployment/wordpress --timeout=180s
answer where-from b
