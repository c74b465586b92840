# fails: all-there deployed-anew
# Two catalogues are given up, and their room with them.
kubectl scale deployment catalogue --replicas=1
kubectl rollout restart deployment wordpress
kubectl rollout status deployment/wordpress --timeout=180s
answer where-from b
