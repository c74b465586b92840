# fails: all-there deployed-anew
# The blog gets 64Mi as well; Apache alone takes more.
kubectl scale deployment catalogue --replicas=2
kubectl rollout status deployment/catalogue --timeout=60s
kubectl set resources deployment catalogue --requests=memory=64Mi --limits=memory=64Mi
kubectl rollout status deployment/catalogue --timeout=120s
kubectl scale deployment catalogue --replicas=3
kubectl set resources deployment wordpress --requests=memory=64Mi --limits=memory=64Mi
sleep 60
answer where-from b
