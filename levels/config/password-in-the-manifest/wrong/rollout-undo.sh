# fails: leaked-is-dead nowhere
# Back to March: the blog works, and so does the printout.
kubectl rollout undo deployment/wordpress
kubectl rollout undo deployment/mariadb
kubectl rollout status deployment/mariadb --timeout=120s
kubectl rollout status deployment/wordpress --timeout=120s
answer initialised b
