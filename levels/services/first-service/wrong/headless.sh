# fails: till-by-name all-three
# A name without an address of its own: the till gets the pods' addresses, where nobody listens on 80.
kubectl expose deployment menu -n cantina --port=80 --target-port=8080 --cluster-ip=None
answer which-name b
