/** Something is broken: a Service whose selector fits no pod. */
import type { TaskRecord } from './contract.ts'

export const mend: TaskRecord = {
  name: 'mend',
  summary: { en: 'something is broken: find out what, and mend it', es: 'algo está roto: averiguar qué y arreglarlo' },
  brief: {
    en: 'The shop does not answer inside the cluster. Find out why `http://shop` gets no answer, and mend it.',
    es: 'La tienda no contesta dentro del clúster. Averigua por qué `http://shop` no responde y arréglalo.',
  },
  concepts: ['service', 'selector'],
  start: 'apply: [start/]\nsettle: 30s',
  checks: `- id: reachable
  title: The shop answers by its name
  points: 5
  http: {from: {pod: {app: client}}, url: "http://shop/", expect: {status: 200}}
  message: Nothing answers at http://shop. Which pods does the Service select?
- id: pods-stay
  title: The shop's pods were left alone
  guard: true
  state: {kind: Deployment, name: shop, match: {spec: {replicas: 2}}}
  message: The Deployment shop has no longer two replicas. It was not what was broken.`,
  hints: [
    {
      id: 'endpoints',
      text: {
        en: '`kubectl get endpointslices` shows which pods a Service has.',
        es: '`kubectl get endpointslices` enseña qué pods tiene un Service.',
      },
    },
    {
      id: 'nobody',
      when: "size(endpoints('shop')) == 0",
      text: {
        en: 'The Service `shop` has no pods at all. Compare `kubectl describe service shop` with `kubectl get pods --show-labels`.',
        es: 'El Service `shop` no tiene ningún pod. Compara `kubectl describe service shop` con `kubectl get pods --show-labels`.',
      },
    },
    {
      id: 'selector',
      cost: 1,
      text: {
        en: 'The selector says `app=store`; the pods carry `app=shop`.',
        es: 'El selector pide `app=store`; los pods llevan `app=shop`.',
      },
    },
  ],
  debrief: {
    en: `**What was wrong.** A Service finds its pods by labels. Its selector named a label that no pod carries, so it had no endpoints.

**Why it works now.** The selector fits the pods' labels; the controller has put their addresses into an EndpointSlice.

**Other ways.** Label the pods instead, or make the Service anew: \`kubectl expose deployment shop --port=80\`.

**Where it bites in production.** Nothing says so: pods are Running, the Service is there, and its clients wait.`,
    es: `**Qué pasaba.** Un Service encuentra sus pods por las etiquetas. Su selector pedía una que ningún pod tiene, así que no tenía endpoints.

**Por qué funciona ahora.** El selector coincide con las etiquetas de los pods y el controlador ha apuntado sus direcciones en un EndpointSlice.

**Otras maneras.** Etiquetar los pods, o volver a crear el Service: \`kubectl expose deployment shop --port=80\`.

**Dónde duele en producción.** Nadie avisa: los pods están en Running, el Service existe y los clientes esperan.`,
  },
  spanish: {
    reachable: { title: 'La tienda contesta por su nombre', message: 'En http://shop no contesta nadie. ¿Qué pods selecciona el Service?' },
    'pods-stay': {
      title: 'Los pods de la tienda siguen como estaban',
      message: 'El Deployment shop ya no tiene dos réplicas, y no era eso lo que fallaba.',
    },
  },
  par: 2,
  files: {
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
  },
}
