# fails: still-there
# No number is typed in; but what the kubelet puts into a container's environment is the address the Service had when the container started.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
pw=$(kubectl get secret mariadb -o jsonpath='{.data.password}')
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$pw\"}}"
kubectl set env deployment/wordpress 'WORDPRESS_DB_HOST=$(MARIADB_SERVICE_SERVICE_HOST):$(MARIADB_SERVICE_SERVICE_PORT)'
kubectl rollout status deployment/wordpress --timeout=120s
answer nobody c
