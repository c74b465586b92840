# fails: left-to-give
# All mended, the question answered by what is used.
kubectl set resources deployment pictures -c thumbnails --requests=memory=1800Mi --limits=memory=1800Mi
kubectl rollout status deployment/pictures --timeout=120s
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 6
