# fails: which-name
kubectl expose deployment menu -n cantina --port=80 --target-port=8080
answer which-name a
