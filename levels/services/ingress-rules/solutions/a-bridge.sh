# One file for both: a Service without pods in web1 is another name for the one in cantina.
kubectl create service externalname menu --external-name=menu.cantina.svc.cluster.local --tcp=8081:8081
sed -i -e 's/^spec:/spec:\n  ingressClassName: nginx/' -e '0,/number: 80}/s//number: 8080}/' sitios.yaml
sed -i -e 's/number: 80}/number: 8081}/' sitios.yaml
kubectl apply -f sitios.yaml
answer how-known b
