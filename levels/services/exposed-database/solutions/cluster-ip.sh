# One word of the Service.
answer how-many 4
kubectl patch service mariadb-service -p '{"spec":{"type":"ClusterIP"}}'
