# A policy lets only WordPress in: the port is open on the machines, but nobody comes through.
kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-wordpress}
spec:
  podSelector: {matchLabels: {app: mariadb}}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: wordpress}}}]
      ports: [{port: 3306}]
YAML
answer how-many 4
