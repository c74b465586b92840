# fails: served paella quiet
# The limit is taken out; the LimitRange puts its own in.
kubectl patch deployment wordpress --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/resources"}]'
kubectl rollout status deployment/wordpress --timeout=60s
answer fits 9
