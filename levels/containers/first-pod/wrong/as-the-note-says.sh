# fails: menchu-sees
# Felipe's line, and hope.
kubectl run web --image=ngimx:1.27
sleep 30
answer who-am-i b
