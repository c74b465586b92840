# fails: thumbnails-too
# Who asked for most is sent away: there is room enough, and no thumbnail.
kubectl patch deployment pictures --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/1"}]'
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 3
