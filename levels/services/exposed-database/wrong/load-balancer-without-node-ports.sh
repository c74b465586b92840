# fails: shut
# No port on the machines any more, but the balancer offers 3307 to the whole office.
kubectl patch service mariadb-service -p '{"spec":{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[{"name":"mysql","port":3307,"targetPort":3306,"nodePort":0}]}}'
kubectl delete service mariadb-service
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: mariadb-service}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  selector: {app: mariadb}
  ports: [{name: mysql, port: 3307, targetPort: 3306}]
YAML
answer how-many 4
