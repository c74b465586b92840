# fails: menu nobodys pods-change
# Class and ports are right, but the backend is in another namespace.
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"replace","path":"/spec/rules/1/http/paths/0/backend/service/port/number","value":8081}]'
answer how-known b
