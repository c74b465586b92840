# fails: all-there full-house
# The neighbour is switched off.
kubectl scale deployment reports --replicas=0
kubectl delete pod -l app=wordpress
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten c
