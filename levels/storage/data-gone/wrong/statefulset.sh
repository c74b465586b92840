# fails: lives-on
# A StatefulSet never replaces a pod that may still live on a silent machine.
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
kubectl get deployment mariadb -o json | jq '{apiVersion, kind: "StatefulSet", metadata: {name: "mariadb"}, spec: {replicas: 1, serviceName: "mariadb", selector: .spec.selector, template: (.spec.template | .spec.volumes = [{name: "data", persistentVolumeClaim: {claimName: "mariadb-data"}}])}}' > sts.json
kubectl delete deployment mariadb
kubectl apply -f sts.json
kubectl rollout status statefulset/mariadb --timeout=90s
answer why-no-error c
