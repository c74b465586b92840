# Moving into the namespace first; create service selects app=menu by itself.
kubectl config set-context --current --namespace=cantina
kubectl create service clusterip menu --tcp=80:8080
kubectl logs -n web1 deployment/caja --tail=1
answer which-name b
