# fails: all-there
# Nobody's guest any more, and killed at its own limit.
kubectl set resources deployment wordpress --requests=memory=5Gi --limits=memory=5Gi
sleep 60
answer eight-of-ten c
