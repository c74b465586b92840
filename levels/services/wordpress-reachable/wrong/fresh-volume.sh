# fails: menchu-reads still-there bad-deployment
# The old volume is thrown away: everybody can log in, to an empty blog.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret mariadb -p "{\"data\":{\"password\":\"$(kubectl get secret wordpress-db -o jsonpath={.data.password})\"}}"
kubectl scale deployment/mariadb --replicas=0
kubectl delete pvc mariadb-data --wait=false
sleep 20
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mariadb-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
YAML
kubectl scale deployment/mariadb --replicas=1
kubectl rollout restart deployment/wordpress
answer nobody c
