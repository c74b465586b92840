# fails: stays
# The Service is gone; WordPress has the address of the pod.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get pods -l app=mariadb -o jsonpath='{.items[0].status.podIP}'):3306
kubectl rollout status deployment/wordpress --timeout=90s
kubectl delete service mariadb-service
answer how-many 4
