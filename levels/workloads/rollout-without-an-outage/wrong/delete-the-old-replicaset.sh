# fails: version-two bad-image bad-program good-version way-back four-new
# "Two ReplicaSets, one is enough": the old one goes, and with it the way back.
kubectl delete rs $(kubectl get rs -o json | jq -r '.items[] | select(.spec.replicas == 0) | .metadata.name')
kubectl rollout undo deployment/web
answer who-keeps c
