# fails: served paella quiet
# Twice what the LimitRange allows: no such pod is ever made, and the old one goes on dying.
kubectl set resources deployment wordpress --requests=memory=2Gi --limits=memory=2Gi
kubectl rollout status deployment/wordpress --timeout=60s
answer fits 9
