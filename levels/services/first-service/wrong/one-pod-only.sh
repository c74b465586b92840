# fails: all-three pods-come-and-go
# A label stuck on one pod: it works, with a third of the strength, until that pod is gone.
pod=$(kubectl get pods -n cantina -l app=menu -o jsonpath='{.items[0].metadata.name}')
kubectl label pod -n cantina "$pod" serve=me
kubectl expose pod "$pod" -n cantina --name=menu --selector=serve=me --port=80 --target-port=8080
answer which-name b
