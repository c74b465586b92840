# Felipe's Ingress goes; two new ones, whose ports are named.
kubectl delete ingress sitios
for s in web1/web1/wp-service cantina/menu/menu; do
  ns=${s%%/*}; rest=${s#*/}
  kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${rest%%/*}, namespace: $ns}
spec:
  ingressClassName: nginx
  rules:
    - host: ${rest%%/*}.miempresa.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${rest#*/}, port: {name: http}}}}]}
YAML
done
answer how-known b
