# The shipper as an init container that stays: it is there before nginx and leaves after it.
kubectl patch deployment web -p '
spec:
  replicas: 2
  template:
    spec:
      initContainers:
        - name: mensajero
          image: curlimages/curl:8.10.1
          restartPolicy: Always
          command: ["sh", "/shipper/ship.sh"]
          securityContext: {runAsUser: 0}
          env:
            - {name: LOG, value: /logs/access.log}
            - {name: TO, value: "http://elasticsearch.logs.svc.cluster.local:9200/visitas"}
            - {name: ROTATE_AT, value: "90000"}
          volumeMounts:
            - {name: script, mountPath: /shipper}
            - {name: ram, mountPath: /logs}
      containers:
        - name: nginx
          volumeMounts:
            - {name: ram, mountPath: /var/log/nginx}
      volumes:
        - {name: script, configMap: {name: shipper}}
        - {name: ram, emptyDir: {medium: Memory, sizeLimit: 400Ki}}
'
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
