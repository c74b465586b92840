# fails: full-house
# Alone on its machine, until the place beside it is promised to others.
kubectl patch deployment reports -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node-b"}}}}}'
kubectl rollout status deployment/reports --timeout=120s
kubectl delete pod -l app=wordpress
kubectl rollout status deployment/wordpress --timeout=180s
answer eight-of-ten c
