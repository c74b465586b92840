# fails: paella
# The limit is raised to all that is allowed: enough today, dead on Thursday.
kubectl set resources deployment wordpress --requests=memory=1Gi --limits=memory=1Gi
kubectl rollout status deployment/wordpress --timeout=180s
answer fits 9
