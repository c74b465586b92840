# fails: watched
# Nobody kills it any more, whatever happens.
kubectl patch deployment mariadb --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/livenessProbe"}]'
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 18
