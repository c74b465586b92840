# The catalogue says what it needs; one of three goes for a moment, so that there is room for the first new one.
kubectl scale deployment catalogue --replicas=2
kubectl rollout status deployment/catalogue --timeout=60s
kubectl set resources deployment catalogue --requests=memory=64Mi --limits=memory=64Mi
kubectl rollout status deployment/catalogue --timeout=120s
kubectl scale deployment catalogue --replicas=3
kubectl rollout restart deployment wordpress
kubectl rollout status deployment/wordpress --timeout=180s
answer where-from b
