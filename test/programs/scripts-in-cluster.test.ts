/** Scripts of learners in pods: from a ConfigMap, through a shell, killed for memory, and asked through exec. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: {name: code}
data:
  app.py: |
    from http.server import BaseHTTPRequestHandler, HTTPServer
    import os, socket
    class H(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"hello from {socket.gethostname()} to {os.environ['WHO']}\\n".encode())
    HTTPServer(("0.0.0.0", 8000), H).serve_forever()
  hog.py: |
    import time
    kept = []
    while True:
        kept.append(bytearray(20 * 1024 * 1024))
        print("holding", len(kept) * 20, "MiB", flush=True)
        time.sleep(1)
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: app
      image: python:3.13-slim
      command: [sh, -c, "echo starting; exec python /code/app.py"]
      env: [{name: WHO, value: ana}]
      readinessProbe: {httpGet: {path: /, port: 8000}}
      volumeMounts: [{name: code, mountPath: /code}]
  volumes: [{name: code, configMap: {name: code}}]
---
apiVersion: v1
kind: Pod
metadata: {name: hog}
spec:
  containers:
    - name: app
      image: python:3.13
      workingDir: /code
      command: [python, hog.py]
      resources: {limits: {memory: 100Mi}}
      volumeMounts: [{name: code, mountPath: /code}]
  volumes: [{name: code, configMap: {name: code}}]
`

test('a server answers through its Service, a hog is killed, exec runs a line', () => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  const said = (command: string): string => session.run(command).output
  session.write('all.yaml', MANIFEST)
  said(
    'kubectl apply -f all.yaml; kubectl expose pod web --name=site --port=80 --target-port=8000; kubectl wait pod web --for=condition=Ready --timeout=60s; sleep 15',
  )
  expect(
    said("kubectl exec web -- python3 -c \"import urllib.request; print(urllib.request.urlopen('http://site/').read().decode(), end='')\""),
  ).toBe('hello from web to ana\n')
  expect(said('kubectl exec web -- python3 --version')).toBe('Python 3.13.7\n')
  expect(said('kubectl logs web')).toMatch(/^starting\n.*"GET \/ HTTP\/1.1" 200 -\n/s)
  expect(said('kubectl logs hog')).toContain('holding 20 MiB\nholding 40 MiB\n')
  expect(
    said(
      "kubectl get pod hog -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason}{.status.containerStatuses[0].state.terminated.reason}'",
    ),
  ).toContain('OOMKilled')
})
