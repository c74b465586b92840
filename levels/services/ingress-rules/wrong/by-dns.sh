# fails: how-known
# Both sites answer; the question answered as if the DNS told them apart.
kubectl create ingress menu -n cantina --class=nginx --rule='menu.miempresa.com/*=menu:8081'
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port/number","value":8080},{"op":"remove","path":"/spec/rules/1"}]'
answer how-known a
