# Ready: no .maintenance, and the page is there. Alive: any answer at all, 503 too.
cat > probes.yaml <<'YAML'
spec:
  template:
    spec:
      containers:
        - name: wordpress
          readinessProbe:
            tcpSocket: null
            exec: {command: [sh, -c, 'test ! -f /var/www/html/.maintenance && curl -sf -m 3 -o /dev/null http://localhost/']}
            periodSeconds: 10
            timeoutSeconds: 4
          livenessProbe:
            exec: {command: [curl, -s, -m, "4", -o, /dev/null, "http://localhost/"]}
            initialDelaySeconds: 20
            periodSeconds: 10
            timeoutSeconds: 5
YAML
kubectl patch deployment wordpress --patch-file probes.yaml
kubectl rollout status deployment/wordpress --timeout=180s
answer status-page a
