# fails: honest
# The thumbnails ask for 10Mi and use a hundred and fifty times that.
kubectl set resources deployment pictures -c thumbnails --requests=memory=10Mi --limits=memory=5632Mi
kubectl rollout status deployment/pictures --timeout=120s
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 3
