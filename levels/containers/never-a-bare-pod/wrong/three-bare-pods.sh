# fails: whole-morning
# Many bare pods are as mortal as one, one node after the other.
for n in 1 2 3 4; do kubectl run "web-$n" --image=nginx:1.27 --labels=app=web; done
kubectl wait pod -l app=web --for=condition=Ready --timeout=60s
answer moved b
