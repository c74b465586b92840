# fails: menu nobodys pods-change
# The menu gets a balancer of its own: another address, to which no name leads.
kubectl patch service menu -n cantina -p '{"spec":{"type":"LoadBalancer"}}'
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"remove","path":"/spec/rules/1"}]'
answer how-known b
