# fails: menchu-reads left-alone
# A new pod with the old patience.
kubectl delete pod -l app=mariadb
sleep 200
answer arithmetic 18
