# fails: menu nobodys pods-change
# 8000 is where the container listens; the Service has no such port.
kubectl create ingress menu -n cantina --class=nginx --rule='menu.miempresa.com/*=menu:8000'
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"remove","path":"/spec/rules/1"}]'
answer how-known b
