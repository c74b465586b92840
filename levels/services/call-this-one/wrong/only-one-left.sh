# fails: others
# Two of the three are switched off, then any is the right one.
kubectl scale statefulset/mariadb --replicas=1
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
sleep 20
kubectl rollout status deployment/wordpress --timeout=60s
answer headless-name b
