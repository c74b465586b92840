/** A new level that works: a Service whose selector fits no pod. An author changes it bit by bit. */
export function scaffold(name: string, title: string): Record<string, string> {
  return {
    'level.yaml': `# yaml-language-server: $schema=level.schema.json
apiVersion: clusterlab/v1
kind: Level
metadata: {name: ${name}, version: 1}
spec:
  title: ${JSON.stringify(title)}
  brief: |
    The shop does not answer inside the cluster. Find out why \`http://shop\` gets no answer, and mend it.
  difficulty: 1
  concepts: [service, selector]
  cluster: {preset: default}
  player: {namespace: shop, persona: developer}
  start:
    apply: [start/]
    settle: 30s
  checks:
    - id: reachable
      title: The shop answers by its name
      points: 5
      http: {from: {pod: {app: client}}, url: "http://shop/", expect: {status: 200}}
      message: Nothing answers at http://shop. Which pods does the Service select?
    - id: pods-stay
      title: The shop's pods were left alone
      guard: true
      state: {kind: Deployment, name: shop, match: {spec: {replicas: 2}}}
  hints:
    - {text: "kubectl get endpointslices shows which pods a Service has."}
    - {text: "Compare kubectl describe service shop with kubectl get pods --show-labels."}
    - {cost: 1, text: "The selector says app=store; the pods carry app=shop."}
  debrief: |
    A Service finds its pods by labels. Its selector named a label that no pod carries, so it had no endpoints.
  par: {commands: 2}
`,
    'es.yaml': `title: ${JSON.stringify(title)}
brief: |
  La tienda no contesta dentro del clúster. Averigua por qué \`http://shop\` no responde y arréglalo.
debrief: |
  Un Service encuentra sus pods por las etiquetas. Su selector pedía una etiqueta que ningún pod tiene, así que no tenía endpoints.
checks:
  reachable: {title: La tienda contesta por su nombre, message: "En http://shop no contesta nadie. ¿Qué pods selecciona el Service?"}
  pods-stay: {title: Los pods de la tienda siguen como estaban}
hints:
  - kubectl get endpointslices enseña qué pods tiene un Service.
  - Compara kubectl describe service shop con kubectl get pods --show-labels.
  - El selector pide app=store y los pods llevan app=shop.
`,
    'start/shop.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: store}
  ports: [{port: 80, targetPort: 80}]
---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec:
  containers:
  - {name: client, image: "curlimages/curl:8.10.1", command: [sleep, infinity]}
`,
    'solutions/selector.sh': `kubectl patch service shop -p '{"spec":{"selector":{"app":"shop"}}}'\n`,
    'solutions/relabel-a-new-service.sh': `kubectl delete service shop\nkubectl expose deployment shop --port=80\n`,
    'wrong/scale.sh': `# fails: reachable pods-stay\nkubectl scale deployment shop --replicas=5\n`,
  }
}
