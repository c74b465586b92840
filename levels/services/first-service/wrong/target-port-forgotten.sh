# fails: menchu-reads till-by-name all-three
# Without a target port it is the Service's own: nobody listens on 80 in the pods.
kubectl expose deployment menu -n cantina --port=80 --target-port=80
answer which-name b
