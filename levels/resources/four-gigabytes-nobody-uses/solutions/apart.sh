# The thumbnails in a Deployment of their own, with requests that fit; a limit without a request is a request as well.
kubectl patch deployment pictures --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/1"}]'
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: thumbnails, labels: {app: thumbnails}}
spec:
  selector: {matchLabels: {app: thumbnails}}
  template:
    metadata: {labels: {app: thumbnails}}
    spec:
      containers:
        - name: thumbnails
          image: polinux/stress:1.0.4
          command: [stress, --vm, "1", --vm-bytes, 1500M, --vm-hang, "0"]
          resources: {limits: {cpu: 250m, memory: 1600Mi}}
YAML
kubectl rollout status deployment/mariadb --timeout=180s
kubectl rollout status deployment/thumbnails --timeout=120s
answer left-to-give 3
