# fails: menchu-reads still-there bad-deployment
# MariaDB on an emptyDir: the passwords agree, the posts are gone.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret mariadb -p "{\"data\":{\"password\":\"$(kubectl get secret wordpress-db -o jsonpath={.data.password})\"}}"
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/0","value":{"name":"data","emptyDir":{}}}]'
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout restart deployment/wordpress
answer nobody c
