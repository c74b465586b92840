# One command.
kubectl expose deployment menu -n cantina --port=80 --target-port=8080
kubectl get endpointslices -n cantina
answer which-name b
