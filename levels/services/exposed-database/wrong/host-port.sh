# fails: shut
# The Service is closed, but "for maintenance" the pod gets a port of its machine.
kubectl patch service mariadb-service -p '{"spec":{"type":"ClusterIP"}}'
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/ports/0","value":{"name":"mysql","containerPort":3306,"hostPort":3306}}]'
kubectl rollout status deployment/mariadb --timeout=90s
answer how-many 4
