# fails: pods-come-and-go
# A label stuck on the three pods of this minute: the next three do not have it.
kubectl label pods -n cantina -l app=menu serve=menu
kubectl create service clusterip menu --tcp=80:8080 -n cantina
kubectl set selector service menu serve=menu -n cantina
sleep 2
answer which-name b
