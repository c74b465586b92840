# fails: kept
# The address of today: good until the pod moves.
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=$(kubectl get pod mariadb-0 -o jsonpath='{.status.podIP}'):3306
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
