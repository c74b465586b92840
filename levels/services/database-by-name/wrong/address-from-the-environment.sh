# fails: still-there
# No number is typed in; but what the kubelet puts into a container's environment is the address the Service had when the container started.
kubectl set env deployment/wordpress 'WORDPRESS_DB_HOST=$(MARIADB_SERVICE_SERVICE_HOST):$(MARIADB_SERVICE_SERVICE_PORT)'
kubectl rollout status deployment/wordpress
answer what-stays b
