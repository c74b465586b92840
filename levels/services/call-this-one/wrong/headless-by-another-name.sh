# fails: blog kept others
# Headless, but not the one that the StatefulSet names: the pods get no names from it.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: mariadb-nodos}
spec:
  clusterIP: None
  selector: {app: mariadb}
  ports: [{name: mysql, port: 3306}]
YAML
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-0.mariadb-nodos:3306
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
