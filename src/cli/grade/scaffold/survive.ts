/** It runs, until a machine dies: replicas that all stand on one. */
import type { TaskRecord } from './contract.ts'

export const survive: TaskRecord = {
  name: 'survive',
  summary: { en: 'it runs, until something happens: make it survive', es: 'funciona hasta que pasa algo: hacer que aguante' },
  brief: {
    en: `The shop has three replicas, and yet it was shut for an hour when one machine died. \`http://shop\` has to go on answering when it happens again:
whichever of the shop's machines dies, under load, no more than one request in five may be lost.`,
    es: `La tienda tiene tres réplicas y aun así estuvo cerrada una hora cuando murió una máquina. \`http://shop\` tiene que seguir contestando la próxima vez:
muera la que muera de sus máquinas, con clientes dentro, no puede perderse más de una petición de cada cinco.`,
  },
  concepts: ['replicas', 'nodeSelector', 'topologySpreadConstraints'],
  start: 'apply: [start/]\nsettle: 30s',
  checks: `- id: open
  title: The shop answers
  guard: true
  http: {from: {pod: {app: client}}, url: "http://shop/", expect: {status: 200}}
  message: The shop does not answer any more. It did before.
- id: survives
  title: It goes on answering while one of its machines dies
  points: 5
  within: 60s
  experiment:
    load: {http: "http://shop/", rps: 4, timeout: 2s, from: {pod: {app: client}}}
    lasts: 3m
    faults: [{kind: crash, target: {nodeOf: {app: shop}}, at: {between: [10s, 30s]}}]
    measure: {availability: ">=0.8"}
  message: On a copy of the cluster one of the shop's machines died, and too many requests were lost. \`kubectl get pods -o wide\` shows where the others stand.`,
  hints: [
    {
      id: 'where',
      text: {
        en: '`kubectl get pods -o wide` shows on which machine each pod runs.',
        es: '`kubectl get pods -o wide` enseña en qué máquina corre cada pod.',
      },
    },
    {
      id: 'tied',
      when: "object('deployment', 'shop').spec.template.spec.?nodeSelector.hasValue()",
      text: {
        en: 'Something ties all of them to one machine: `kubectl get deployment shop -o yaml`, below `template`.',
        es: 'Algo los ata a todos a la misma máquina: `kubectl get deployment shop -o yaml`, debajo de `template`.',
      },
    },
    {
      id: 'how',
      cost: 1,
      text: {
        en: 'Take the `nodeSelector` out (`kubectl edit deployment shop`). A `topologySpreadConstraint` over `kubernetes.io/hostname` says aloud what you want.',
        es: 'Quita el `nodeSelector` (`kubectl edit deployment shop`). Con una `topologySpreadConstraint` sobre `kubernetes.io/hostname` lo dejas dicho.',
      },
    },
  ],
  debrief: {
    en: `**What was wrong.** Three replicas on one machine are one: a \`nodeSelector\` tied them to it.

**Why it works now.** The scheduler may choose, and spreads them over the machines. When one dies, the others answer; until it is noticed that it is dead, its share of the requests is lost.

**Other ways.** \`podAntiAffinity\` instead of a spread constraint.

**Where it bites in production.** A selector for "the machine with the fast disk" stays in the manifest long after the disk was moved.`,
    es: `**Qué pasaba.** Tres réplicas en una máquina son una: un \`nodeSelector\` las ataba a ella.

**Por qué funciona ahora.** El scheduler puede elegir y las reparte entre las máquinas. Si muere una, contestan las demás; hasta que se nota que ha muerto, se pierde su parte de las peticiones.

**Otras maneras.** \`podAntiAffinity\` en lugar de una restricción de reparto.

**Dónde duele en producción.** El selector de "la máquina del disco rápido" sigue en el manifiesto mucho después de que se llevaran el disco.`,
  },
  spanish: {
    open: { title: 'La tienda contesta', message: 'La tienda ha dejado de contestar, y antes lo hacía.' },
    survives: {
      title: 'Sigue contestando mientras muere una de sus máquinas',
      message:
        'En una copia del clúster murió una de las máquinas de la tienda y se perdieron demasiadas peticiones. `kubectl get pods -o wide` enseña dónde están las demás.',
    },
  },
  par: 2,
  files: {
    'start/shop.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      nodeSelector: {kubernetes.io/hostname: node-b}
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 80}]
---
# The customer's pod stands where no shop does.
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec:
  nodeName: control-plane
  containers:
  - {name: client, image: "curlimages/curl:8.10.1", command: [sleep, infinity]}
`,
    'solutions/untie.sh': `kubectl patch deployment shop --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
kubectl rollout status deployment/shop --timeout=60s
`,
    'solutions/spread.sh': `cat > spread.yaml <<'YAML'
spec:
  template:
    spec:
      nodeSelector: null
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: DoNotSchedule
          labelSelector: {matchLabels: {app: shop}}
          matchLabelKeys: [pod-template-hash]
YAML
kubectl patch deployment shop --patch-file spread.yaml
kubectl rollout status deployment/shop --timeout=60s
`,
    'wrong/more-of-them.sh': `# fails: survives
kubectl scale deployment shop --replicas=6
kubectl rollout status deployment/shop --timeout=60s
`,
    'wrong/another-machine.sh': `# fails: survives
kubectl patch deployment shop -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node-c"}}}}}'
kubectl rollout status deployment/shop --timeout=60s
`,
    'wrong/shut.sh': `# fails: open survives
kubectl scale deployment shop --replicas=0
`,
    'mutants.yaml': `# Changes of the solutions that are right as well: level test --mutants lists what gets full marks beyond them.
accepted:
  - {mutant: "*topologySpreadConstraints*", reason: "The scheduler spreads a Deployment's pods by default as well, softly; the constraint says it aloud."}
`,
  },
}
