# fails: all-there menchu-reads
# Nobody waits any more: nobody is there.
kubectl scale deployment mariadb --replicas=0
sleep 20
answer left-to-give 3
