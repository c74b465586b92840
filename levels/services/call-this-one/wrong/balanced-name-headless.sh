# fails: others
# One name for both: headless, it balances nothing and translates no port.
kubectl delete service mariadb-service
kubectl create service clusterip mariadb --clusterip=None --tcp=3306:3306
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: mariadb-service}
spec:
  clusterIP: None
  selector: {app: mariadb}
  ports: [{name: mysql, port: 3307, targetPort: 3306}]
YAML
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-0.mariadb:3306
kubectl rollout status deployment/wordpress --timeout=25s
answer headless-name b
