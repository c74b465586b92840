# MariaDB is told the new password; the Service is written anew, with the port by number.
pw=$(kubectl get secret wordpress-db -o jsonpath='{.data.password}' | base64 -d)
kubectl exec deployment/mariadb -- sh -c "mariadb -u root -p\"\$MARIADB_ROOT_PASSWORD\" -e \"ALTER USER 'wordpress'@'%' IDENTIFIED BY '$pw'\""
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: wp-service
spec:
  selector: {app: wordpress}
  ports:
    - {name: http, port: 8080, targetPort: 80}
YAML
kubectl wait pod -l app=wordpress --for=condition=Ready --timeout=120s
answer nobody c
