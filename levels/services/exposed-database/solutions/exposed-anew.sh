# The Service is deleted and made again, for the inside only.
kubectl delete service mariadb-service
kubectl expose deployment mariadb --name=mariadb-service --port=3307 --target-port=3306
answer how-many 4
