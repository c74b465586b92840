# fails: menchu-reads left-alone
# A whole CPU would start it in eight seconds; the quota has none to give, and no pod is made.
kubectl set resources deployment mariadb --limits=cpu=1,memory=512Mi --requests=cpu=40m,memory=256Mi
sleep 200
answer arithmetic 18
