# fails: which-name
# The name is there; the question answered as if the bare name reached into another namespace.
kubectl expose deployment menu -n cantina --port=80 --target-port=8080
answer which-name a
