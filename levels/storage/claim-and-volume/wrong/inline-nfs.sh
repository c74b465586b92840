# fails: claim-fits by-claim
# It works at once, and the developer's manifest knows the server.
kubectl patch deployment fotos --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/1","value":{"name":"album","nfs":{"server":"192.168.0.60","path":"/exports/ssd/fotos"}}}]'
kubectl rollout status deployment/fotos --timeout=60s
answer how-much b
