# fails: leaked-is-dead
# The password of March, in a Secret at last: for all who have read the repository it is none.
pw=$(kubectl rollout history deployment/wordpress --revision=1 | sed -n 's/.*WORDPRESS_DB_PASSWORD:[[:space:]]*//p')
kubectl create secret generic blog-db --from-literal=WORDPRESS_DB_PASSWORD="$pw"
kubectl set env deployment/wordpress --from=secret/blog-db
kubectl set env deployment/mariadb MARIADB_PASSWORD-
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
kubectl annotate deployment mariadb wordpress kubectl.kubernetes.io/last-applied-configuration-
for rs in $(kubectl get replicasets -o json | jq -r ".items[] | select(.spec.replicas == 0) | .metadata.name"); do kubectl delete replicaset "$rs"; done
answer initialised b
