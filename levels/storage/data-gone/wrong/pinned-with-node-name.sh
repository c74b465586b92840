# fails: lives-on
# Back to node-b, where the data are: they are there, and die with the machine.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"nodeName":"node-b"}}}}'
kubectl rollout status deployment/mariadb --timeout=90s
answer why-no-error c
