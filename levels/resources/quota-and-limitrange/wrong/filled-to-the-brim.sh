# fails: deployed-anew
# All have their place, and there is none left for a single pod more: no update ever ends.
kubectl scale deployment wordpress --replicas=0
kubectl scale deployment catalogue --replicas=2
kubectl set resources deployment wordpress --requests=memory=384Mi --limits=memory=384Mi
kubectl rollout status deployment/catalogue --timeout=60s
kubectl set resources deployment catalogue --requests=memory=256Mi --limits=memory=256Mi
kubectl rollout status deployment/catalogue --timeout=120s
kubectl scale deployment catalogue --replicas=3
kubectl scale deployment wordpress --replicas=2
kubectl rollout status deployment/wordpress --timeout=180s
answer where-from b
