# fails: all-there deployed-anew
# There is room now; but a container of 1280Mi is more than the LimitRange lets anybody have.
kubectl scale deployment catalogue --replicas=2
kubectl rollout status deployment/catalogue --timeout=60s
kubectl set resources deployment catalogue --requests=memory=64Mi --limits=memory=64Mi
kubectl rollout status deployment/catalogue --timeout=120s
kubectl scale deployment catalogue --replicas=3
kubectl set resources deployment wordpress --requests=memory=256Mi --limits=memory=1280Mi
sleep 60
answer where-from b
