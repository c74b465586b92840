# fails: how-many
kubectl patch service mariadb-service -p '{"spec":{"type":"ClusterIP"}}'
answer how-many 1
