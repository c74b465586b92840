# A second MariaDB on node-b reads the old files; its dump goes into a fresh database on a claim.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mariadb-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
YAML
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/0","value":{"name":"data","persistentVolumeClaim":{"claimName":"mariadb-data"}}}]'
kubectl get deployment mariadb -o json | jq '{apiVersion: "v1", kind: "Pod", metadata: {name: "rescue"}, spec: (.spec.template.spec | .nodeName = "node-b" | .volumes = [{name: "data", hostPath: {path: "/srv/mariadb"}}])}' > rescue.json
kubectl apply -f rescue.json
kubectl rollout status deployment/mariadb --timeout=90s
kubectl wait pod/rescue --for=condition=Ready --timeout=90s
kubectl exec rescue -- sh -c 'mariadb-dump -u root -p"$MARIADB_ROOT_PASSWORD" wordpress' > web1.sql
kubectl exec -i deployment/mariadb -- sh -c 'mariadb -u root -p"$MARIADB_ROOT_PASSWORD" wordpress' < web1.sql
kubectl delete pod rescue
answer why-no-error c
