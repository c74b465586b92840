# fails: menchu-reads still-there bad-deployment
# The first fault mended, the others not.
kubectl patch service wp-service -p '{"spec":{"selector":{"app":"wordpress"}}}'
answer nobody c
