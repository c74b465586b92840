# fails: paella
# A request of 32Mi under the greatest limit there is: the scheduler is told nothing, and the crowd still kills.
kubectl set resources deployment wordpress --requests=memory=32Mi --limits=memory=1Gi
kubectl rollout status deployment/wordpress --timeout=180s
answer fits 9
