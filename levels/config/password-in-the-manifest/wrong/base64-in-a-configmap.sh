# fails: nowhere
# It looks like a secret, but it is a ConfigMap, and base64 is no lock: the password is what it says.
pw=$(head -c 12 /dev/urandom | base64 | tr -d "/+=" | base64)
kubectl exec deployment/mariadb -- sh -c "mariadb -u root -p\"\$MARIADB_ROOT_PASSWORD\" -e \"ALTER USER 'wordpress'@'%' IDENTIFIED BY '$pw'\""
kubectl create configmap blog-db --from-literal=WORDPRESS_DB_PASSWORD="$pw"
kubectl set env deployment/wordpress WORDPRESS_DB_PASSWORD-
kubectl set env deployment/wordpress --from=configmap/blog-db
kubectl set env deployment/mariadb MARIADB_PASSWORD-
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
kubectl annotate deployment mariadb wordpress kubectl.kubernetes.io/last-applied-configuration-
for rs in $(kubectl get replicasets -o json | jq -r ".items[] | select(.spec.replicas == 0) | .metadata.name"); do kubectl delete replicaset "$rs"; done
answer initialised b
