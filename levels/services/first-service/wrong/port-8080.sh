# fails: menchu-reads till-by-name all-three
# The Service listens on 8080; everybody knocks at 80.
kubectl expose deployment menu -n cantina --port=8080
answer which-name b
