# fails: shut
# Closed on three machines of four: the one with the pod still answers.
kubectl patch service mariadb-service -p '{"spec":{"externalTrafficPolicy":"Local"}}'
answer how-many 4
