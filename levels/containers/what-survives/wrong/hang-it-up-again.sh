# fails: after-a-restart after-a-move
# The note hangs again, until the next time.
kubectl exec -i deployment/tablon -- sh -c 'mkdir -p /srv/tablon; cat > /srv/tablon/tarta.txt' < tarta.txt
answer restarted c
answer deleted b
