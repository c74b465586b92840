# Updates that take away before they make; the blog gets more than it had.
for d in catalogue wordpress; do kubectl patch deployment $d -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'; done
cat > small.yaml <<'YAML'
spec:
  template:
    spec:
      containers:
        - name: nginx
          resources: {requests: {memory: 32Mi}, limits: {memory: 128Mi}}
YAML
kubectl patch deployment catalogue --patch-file small.yaml
kubectl rollout status deployment/catalogue --timeout=120s
kubectl set resources deployment wordpress --requests=memory=384Mi --limits=memory=512Mi
kubectl rollout status deployment/wordpress --timeout=180s
answer where-from b
