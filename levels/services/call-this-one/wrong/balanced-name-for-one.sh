# fails: others
# The balanced name is narrowed down to the first; the reports lose the other two.
kubectl patch service mariadb-service -p '{"spec":{"selector":{"statefulset.kubernetes.io/pod-name":"mariadb-0"}}}'
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-service:3307
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
