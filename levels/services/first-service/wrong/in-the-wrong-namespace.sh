# fails: menchu-reads till-by-name all-three
# -n forgotten: a Service in web1, where no such pods are.
kubectl create service clusterip menu --tcp=80:8080
answer which-name b
