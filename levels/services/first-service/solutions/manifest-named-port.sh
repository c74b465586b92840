# A manifest, the port by its name; a node port does no harm.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata: {name: menu, namespace: cantina}
spec:
  type: NodePort
  selector: {app: menu}
  ports:
    - {name: web, port: 80, targetPort: http}
YAML
answer which-name b
