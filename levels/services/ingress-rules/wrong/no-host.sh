# fails: nobodys
# The blog takes in every name that nobody else claims.
kubectl create ingress menu -n cantina --class=nginx --rule='menu.miempresa.com/*=menu:8081'
kubectl delete ingress sitios
kubectl create ingress web1 --class=nginx --rule='/*=wp-service:8080'
answer how-known b
