# fails: menchu-reads left-alone
# A little more patience: killed after the files and before the users; what starts afterwards is a database without users.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"mariadb","livenessProbe":{"failureThreshold":11}}]}}}}'
sleep 420
answer arithmetic 18
