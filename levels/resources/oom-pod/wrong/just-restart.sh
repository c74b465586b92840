# fails: served paella quiet
# A new pod is a pod like the old one.
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=60s
answer fits 9
