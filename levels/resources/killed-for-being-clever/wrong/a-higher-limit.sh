# fails: all-there
# A higher limit on the same machine.
kubectl set resources deployment wordpress --requests=memory=5Gi --limits=memory=9Gi
sleep 60
answer eight-of-ten c
