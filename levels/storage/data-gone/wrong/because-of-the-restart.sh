# fails: why-no-error
# As if Kubernetes had copied the files.
kubectl scale deployment/mariadb --replicas=0
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mariadb-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
---
apiVersion: v1
kind: Pod
metadata: {name: mover}
spec:
  nodeName: node-b
  restartPolicy: Never
  containers:
    - name: mover
      image: busybox:1.36
      command: ["sh", "-c", "cp -a /old/. /new/ && ls -a /new"]
      volumeMounts: [{name: old, mountPath: /old}, {name: new, mountPath: /new}]
  volumes:
    - {name: old, hostPath: {path: /srv/mariadb, type: Directory}}
    - {name: new, persistentVolumeClaim: {claimName: mariadb-data}}
YAML
kubectl wait pod/mover --for=jsonpath='{.status.phase}'=Succeeded --timeout=90s
kubectl patch deployment mariadb --type=json -p '[{"op":"replace","path":"/spec/template/spec/volumes/0","value":{"name":"data","persistentVolumeClaim":{"claimName":"mariadb-data"}}},{"op":"replace","path":"/spec/replicas","value":1}]'
kubectl rollout status deployment/mariadb --timeout=90s
answer why-no-error a
