# fails: menchu-reads still-there bad-deployment
# One pod has a node port; the address Menchu types still leads nowhere.
kubectl patch secret wordpress-db -p "{\"data\":{\"password\":\"$(kubectl get secret mariadb -o jsonpath={.data.password})\"}}"
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=120s
pod=$(kubectl get pods -l app=wordpress -o jsonpath='{.items[0].metadata.name}')
kubectl label pod "$pod" door=open
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: wp-nodeport}
spec:
  type: NodePort
  selector: {door: open}
  ports: [{port: 8080, targetPort: 80, nodePort: 30990}]
YAML
answer nobody c
