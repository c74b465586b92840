# What the thumbnails use, and a fifth on top.
kubectl set resources deployment pictures -c thumbnails --requests=memory=1800Mi --limits=memory=1800Mi
kubectl rollout status deployment/pictures --timeout=120s
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 3
