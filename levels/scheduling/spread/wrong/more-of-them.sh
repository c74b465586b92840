# fails: menchu-sees
# Six instead of three: the rule sends them all to the machine that is off, and there they wait.
kubectl scale deployment web --replicas=6
sleep 5
answer comes-back b
