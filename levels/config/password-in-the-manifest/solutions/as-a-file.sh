# The Secret is mounted as a file, the Deployments are made anew: no past, no environment.
pw='Tormenta.en-la-Sierra.7'
kubectl exec deployment/mariadb -- sh -c "mariadb -u root -p\"\$MARIADB_ROOT_PASSWORD\" -e \"ALTER USER 'wordpress'@'%' IDENTIFIED BY '$pw'\""
kubectl create secret generic blog-db --from-literal=password="$pw"
kubectl delete deployment wordpress mariadb
sed -i '/MARIADB_PASSWORD,/d' mariadb.yaml
sed -i 's|{name: WORDPRESS_DB_PASSWORD, value: .*}|{name: WORDPRESS_DB_PASSWORD_FILE, value: /secret/password}|; s|          ports:|          volumeMounts: [{name: secret, mountPath: /secret}]\n          ports:|' wordpress.yaml
printf '      volumes: [{name: secret, secret: {secretName: blog-db}}]\n' >> wordpress.yaml
kubectl create -f mariadb.yaml -f wordpress.yaml
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
answer initialised b
