# No file is touched: set env, the annotations taken off, and no history kept at all.
pw=$(head -c 12 /dev/urandom | base64 | tr -d "/+=")
kubectl create secret generic blog-db --from-literal=WORDPRESS_DB_PASSWORD="$pw"
kubectl set env deployment/wordpress --from=secret/blog-db
kubectl set env deployment/mariadb MARIADB_PASSWORD-
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
sleep 15
kubectl exec deployment/mariadb -- sh -c "mariadb -u root -p\"\$MARIADB_ROOT_PASSWORD\" -e \"ALTER USER 'wordpress'@'%' IDENTIFIED BY '$pw'\""
kubectl annotate deployment mariadb wordpress kubectl.kubernetes.io/last-applied-configuration-
kubectl patch deployment wordpress -p '{"spec":{"revisionHistoryLimit":0}}'
kubectl patch deployment mariadb -p '{"spec":{"revisionHistoryLimit":0}}'
sleep 5
answer initialised b
