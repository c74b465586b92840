# fails: version-two bad-image bad-program good-version way-back four-new
# The page is back; the new version is not.
kubectl rollout undo deployment/web
kubectl rollout status deployment/web --timeout=90s
answer who-keeps c
