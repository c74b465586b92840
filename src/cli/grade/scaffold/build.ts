/** Something is to be made: a Deployment and its Service, from nothing. */
import type { TaskRecord } from './contract.ts'

export const build: TaskRecord = {
  name: 'build',
  summary: { en: 'nothing is there yet: make it', es: 'todavía no hay nada: construirlo' },
  brief: {
    en: `There is no shop yet, only its customer, the pod \`client\`. Give it one: nginx (\`nginx:1.27\`) has to answer at \`http://shop\` inside the cluster,
and go on answering after its pods have been deleted.`,
    es: `Todavía no hay tienda, solo su clienta: el pod \`client\`. Móntasela: nginx (\`nginx:1.27\`) tiene que contestar en \`http://shop\` dentro del clúster,
y seguir contestando después de que alguien borre sus pods.`,
  },
  concepts: ['deployment', 'service'],
  start: 'apply: [start/]\nsettle: 30s',
  checks: `- id: reachable
  title: The shop answers by its name
  points: 3
  http: {from: {pod: {app: client}}, url: "http://shop/", times: 5, expect: {status: 200, body: nginx}}
  message: Nothing answers at http://shop. Is there a Service called shop, and does it have pods?
- id: comes-back
  title: It answers again after somebody has deleted its pods
  points: 2
  needs: [reachable]
  experiment:
    load: {http: "http://shop/", rps: 1, from: {pod: {app: client}}}
    lasts: 60s
    acts: [{at: 5s, run: "kubectl delete pods -n shop -l app!=client --wait=false"}]
    measure: {availability: ">=0.8"}
    after: {check: reachable, within: 30s}
  message: On a copy of the cluster somebody deleted the shop's pods, and nobody made new ones. Who looks after yours?`,
  hints: [
    {
      id: 'make',
      text: {
        en: '`kubectl create deployment` makes pods and looks after them; `kubectl expose` gives them a name.',
        es: '`kubectl create deployment` crea pods y cuida de ellos; `kubectl expose` les pone nombre.',
      },
    },
    {
      id: 'no-service',
      when: "object('service', 'shop') == null",
      text: {
        en: 'There is no Service `shop` yet: nobody knows the name. `kubectl expose deployment NAME --name=shop --port=80`.',
        es: 'Todavía no hay ningún Service `shop`: nadie conoce ese nombre. `kubectl expose deployment NOMBRE --name=shop --port=80`.',
      },
    },
    {
      id: 'bare',
      cost: 1,
      text: {
        en: 'A pod from `kubectl run` has one life. `kubectl create deployment shop --image=nginx:1.27 --replicas=2`, then `kubectl expose deployment shop --port=80`.',
        es: 'Un pod de `kubectl run` solo tiene una vida. `kubectl create deployment shop --image=nginx:1.27 --replicas=2` y luego `kubectl expose deployment shop --port=80`.',
      },
    },
  ],
  debrief: {
    en: `**What was missing.** Pods that somebody looks after, and a name that finds them.

**Why it works now.** The Deployment's ReplicaSet makes new pods when some are gone; the Service finds them by their label, whatever their addresses are.

**Other ways.** A manifest with \`kubectl apply -f\`: the same, and it can be kept in a repository.

**Where it bites in production.** A bare pod runs for months, until its machine is restarted on a Sunday.`,
    es: `**Qué faltaba.** Unos pods de los que cuide alguien y un nombre que los encuentre.

**Por qué funciona ahora.** El ReplicaSet del Deployment crea pods nuevos cuando faltan; el Service los encuentra por su etiqueta, tengan la dirección que tengan.

**Otras maneras.** Un manifiesto con \`kubectl apply -f\`: es lo mismo y además se guarda en un repositorio.

**Dónde duele en producción.** Un pod suelto aguanta meses, hasta que un domingo se reinicia su máquina.`,
  },
  spanish: {
    reachable: {
      title: 'La tienda contesta por su nombre',
      message: 'En http://shop no contesta nadie. ¿Hay un Service llamado shop? ¿Tiene pods?',
    },
    'comes-back': {
      title: 'Vuelve a contestar después de que alguien borre sus pods',
      message: 'En una copia del clúster alguien borró los pods de la tienda y nadie creó otros. ¿Quién cuida de los tuyos?',
    },
  },
  par: 2,
  files: {
    'start/client.yaml': `apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec:
  containers:
  - {name: client, image: "curlimages/curl:8.10.1", command: [sleep, infinity]}
`,
    'solutions/by-command.sh': `kubectl create deployment shop --image=nginx:1.27 --replicas=2
kubectl expose deployment shop --port=80
kubectl rollout status deployment/shop --timeout=60s
`,
    'solutions/by-manifest.sh': `cat > shop.yaml <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27"}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
YAML
kubectl apply -f shop.yaml
kubectl rollout status deployment/web --timeout=60s
`,
    'wrong/a-bare-pod.sh': `# fails: comes-back
kubectl run shop --image=nginx:1.27 --port=80 --expose
kubectl wait pod shop --for=condition=Ready --timeout=60s
`,
    'wrong/no-name.sh': `# fails: reachable comes-back
kubectl create deployment shop --image=nginx:1.27 --replicas=2
`,
    'mutants.yaml': `# Changes of the solutions that are right as well: level test --mutants lists what gets full marks beyond them.
accepted:
  - {mutant: "*replicas*", reason: How many pods is a choice; one comes back as well.}
`,
  },
}
