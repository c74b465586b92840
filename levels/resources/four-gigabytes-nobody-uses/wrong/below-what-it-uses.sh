# fails: all-there honest thumbnails-too
# The thumbnails are given 512Mi and need 1500: killed, and killed again.
kubectl set resources deployment pictures -c thumbnails --requests=memory=512Mi --limits=memory=512Mi
kubectl rollout status deployment/mariadb --timeout=180s
sleep 30
answer left-to-give 3
