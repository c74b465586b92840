# Four pods without any bound but the number of visitors each of them gets.
kubectl patch deployment wordpress -p '{"spec":{"replicas":4,"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},"template":{"spec":{"containers":[{"name":"wordpress","resources":{"requests":{"memory":"512Mi"},"limits":{"memory":"512Mi"}}}]}}}}'
kubectl rollout status deployment/wordpress --timeout=240s
answer fits 9
