# Five pods without any bound but the number of visitors each of them gets.
kubectl patch deployment wordpress -p '{"spec":{"replicas":5,"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'
kubectl rollout status deployment/wordpress --timeout=240s
kubectl rollout restart deployment/wordpress
kubectl rollout status deployment/wordpress --timeout=240s
answer fits 9
