# fails: menchu-reads all-there
# More replicas, in the hope that one gets through.
kubectl scale deployment wordpress --replicas=6
sleep 60
answer where-from b
