# fails: visits-arrive
# An Elasticsearch of its own in the same pod, "to save the way": Menchu's counter knows nothing of it, and every new pod begins at 0.
sed -i "s/emptyDir: {}/emptyDir: {medium: Memory, sizeLimit: 1Mi}/; s/            - {name: TO/            - {name: ROTATE_AT, value: \"100000\"}\n            - {name: TO/" sidecar.yaml
sed -i "s|http://elasticsearch.logs:9200/visitas|http://127.0.0.1:9200/visitas|; s|^      volumes:|        - name: elasticsearch\n          image: elasticsearch:8.15.3\n          env: [{name: discovery.type, value: single-node}, {name: xpack.security.enabled, value: \"false\"}, {name: ES_JAVA_OPTS, value: -Xms256m}]\n      volumes:|" sidecar.yaml
kubectl patch deployment web --patch-file sidecar.yaml
kubectl rollout status deployment/web --timeout=60s
sleep 5
answer which-pair c
