# The database first; then the manifests say where the password is; then the past is tidied up.
pw=$(head -c 12 /dev/urandom | base64 | tr -d "/+=")
kubectl exec deployment/mariadb -- sh -c "mariadb -u root -p\"\$MARIADB_ROOT_PASSWORD\" -e \"ALTER USER 'wordpress'@'%' IDENTIFIED BY '$pw'\""
kubectl create secret generic blog-db --from-literal=WORDPRESS_DB_PASSWORD="$pw"
sed -i 's|{name: WORDPRESS_DB_PASSWORD, value: .*}|{name: WORDPRESS_DB_PASSWORD, valueFrom: {secretKeyRef: {name: blog-db, key: WORDPRESS_DB_PASSWORD}}}|' wordpress.yaml
sed -i 's|{name: MARIADB_PASSWORD, value: .*}|{name: MARIADB_PASSWORD, valueFrom: {secretKeyRef: {name: blog-db, key: WORDPRESS_DB_PASSWORD}}}|' mariadb.yaml
kubectl apply -f mariadb.yaml -f wordpress.yaml
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
for rs in $(kubectl get replicasets -o json | jq -r ".items[] | select(.spec.replicas == 0) | .metadata.name"); do kubectl delete replicaset "$rs"; done
answer initialised b
