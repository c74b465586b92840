# fails: shut
# A step up: an address of its own, and the node port besides.
kubectl patch service mariadb-service -p '{"spec":{"type":"LoadBalancer"}}'
answer how-many 4
