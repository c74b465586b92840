# fails: menchu-reads till-by-name all-three
# As Felipe did it: the till gets the address of a pod.
ip=$(kubectl get pods -n cantina -l app=menu -o jsonpath='{.items[0].status.podIP}')
kubectl patch deployment caja -p "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"caja\",\"command\":[\"sh\",\"-c\",\"while true; do curl -sS -m 5 http://$ip:8080/; sleep 10; done\"]}]}}}}"
kubectl rollout status deployment/caja --timeout=60s
sleep 12
kubectl logs deployment/caja --tail=1
answer which-name b
