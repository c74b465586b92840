# fails: still-there
# A name at last, but in the pod's own hosts file, with the address of this minute.
ip=$(kubectl get service mariadb-service -o jsonpath='{.spec.clusterIP}')
kubectl patch deployment wordpress -p "{\"spec\":{\"template\":{\"spec\":{\"hostAliases\":[{\"ip\":\"$ip\",\"hostnames\":[\"database\"]}]}}}}"
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=database:3307
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
