# fails: menchu-reads
# Readiness asks the wrong port: nobody of the new version ever counts, and the old ones stay as they were.
kubectl patch deployment wordpress -p '{"spec":{"template":{"spec":{"containers":[{"name":"wordpress","readinessProbe":{"tcpSocket":null,"httpGet":{"path":"/","port":8080}}}]}}}}'
sleep 60
answer status-page a
