# fails: served paella
# No visitors, no deaths: the Service sends to nobody.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"nobody"}}}'
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
answer fits 9
