# Throw the broken one away, run a good one; any nginx will do.
kubectl run web --image=ngimx:1.27
sleep 3
kubectl events
kubectl delete pod web
kubectl run web --image=nginx --port=80
kubectl wait pod web --for=condition=Ready --timeout=60s
answer who-am-i b
