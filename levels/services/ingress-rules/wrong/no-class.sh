# fails: blog menu nobodys pods-change
# Ports and namespaces are right, and no controller reads it.
kubectl create ingress menu -n cantina --rule='menu.miempresa.com/*=menu:8081'
kubectl patch ingress sitios --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"remove","path":"/spec/rules/1"}]'
answer how-known b
