# Felipe's line as it stands, the events, and the image changed in place.
kubectl run web --image=ngimx:1.27
sleep 5
kubectl describe pod web | tail -n 6
kubectl set image pod/web web=nginx:1.27
kubectl wait pod web --for=condition=Ready --timeout=60s
kubectl logs web
kubectl exec web -- hostname
answer who-am-i b
