# New names for both Services; whoever calls them learns the new name. WordPress reads MariaDB's own Secret.
kubectl expose deployment mariadb --name=db --port=3306
kubectl expose deployment wordpress --name=blog --port=8080 --target-port=http
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=db:3306
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","env":[{"name":"WORDPRESS_DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"mariadb","key":"password"}}}]}]}}}}'
kubectl patch ingress web1 --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/name","value":"blog"}]'
kubectl delete service wp-service mariadb-service
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
