# fails: blog-open stays
# A policy that lets nobody in, WordPress included.
kubectl apply -f - <<'YAML'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nobody}
spec:
  podSelector: {matchLabels: {app: mariadb}}
  policyTypes: [Ingress]
YAML
answer how-many 4
