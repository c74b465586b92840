# Startup and liveness ask as the administrator does, readiness as WordPress does.
cat > probes.yaml <<'YAML'
spec:
  template:
    spec:
      containers:
        - name: mariadb
          startupProbe:
            exec: {command: [healthcheck.sh, --connect]}
            periodSeconds: 5
            failureThreshold: 60
          livenessProbe:
            exec: {command: [sh, -c, 'mariadb-admin -uroot -p"$MARIADB_ROOT_PASSWORD" ping']}
            initialDelaySeconds: 0
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            tcpSocket: null
            exec: {command: [sh, -c, 'mariadb -h 127.0.0.1 -uwordpress -p"$MARIADB_PASSWORD" -e "SELECT 1" wordpress']}
            timeoutSeconds: 5
YAML
kubectl patch deployment mariadb --patch-file probes.yaml
kubectl rollout status deployment/mariadb --timeout=600s
answer arithmetic 18
