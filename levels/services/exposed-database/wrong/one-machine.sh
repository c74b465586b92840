# fails: how-many
# The door is shut; the question answered as if a node port were one on one machine.
kubectl patch service mariadb-service -p '{"spec":{"type":"ClusterIP"}}'
answer how-many 1
