# fails: blog nobodys pods-change
# 80, because that is where the pods of the blog listen, and the browser asks.
kubectl create ingress menu -n cantina --class=nginx --rule='menu.miempresa.com/*=menu:8081'
kubectl patch ingress sitios --type=json -p '[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},{"op":"remove","path":"/spec/rules/1"}]'
answer how-known b
