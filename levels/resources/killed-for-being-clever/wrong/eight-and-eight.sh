# fails: all-there nobody-thrown-out
# Honest, and nowhere to be had.
kubectl set resources deployment wordpress --requests=memory=8Gi --limits=memory=8Gi
sleep 60
answer eight-of-ten c
