# A Service whose selector fits one pod only: each pod of a StatefulSet carries its own name as a label.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: mariadb-primera}
spec:
  selector: {app: mariadb, statefulset.kubernetes.io/pod-name: mariadb-0}
  ports: [{name: mysql, port: 3307, targetPort: mysql}]
YAML
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=mariadb-primera:3307
kubectl rollout status deployment/wordpress --timeout=120s
answer headless-name b
