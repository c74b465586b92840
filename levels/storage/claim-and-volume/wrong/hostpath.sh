# fails: claim-fits by-claim photos-stay
# A directory of whatever machine the pod is on.
kubectl patch deployment fotos --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/1","value":{"name":"album","hostPath":{"path":"/srv/fotos","type":"DirectoryOrCreate"}}}]'
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
