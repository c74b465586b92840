# fails: bad-program
# A Deployment beside the old one, and the Service looks at it: Felipe's is out of the way, the new one has no probe either.
kubectl rollout undo deployment/web
kubectl create deployment web2 --image=us-docker.pkg.dev/google-samples/containers/gke/hello-app:2.0 --replicas=4
kubectl patch service web -p '{"spec":{"selector":{"app":"web2"},"ports":[{"port":80,"name":"http","targetPort":8080}]}}'
kubectl rollout status deployment/web2 --timeout=90s
answer who-keeps c
