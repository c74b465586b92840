# fails: bad-deployment
# Without a readiness probe every pod that runs counts as ready, also one that only shows errors.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"},"ports":[{"name":"http","port":8080,"targetPort":80}]}}'
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
kubectl patch deployment wordpress --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]'
kubectl rollout status deployment/wordpress --timeout=120s
sleep 20
answer nobody c
