# fails: others
# Two of the three are switched off, then any is the right one.
kubectl scale statefulset/mariadb --replicas=1
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
sleep 5
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
