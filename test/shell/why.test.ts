/** `why`: each row breaks something in a cluster and says what must be found, and where to look next. */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'
import type { Lang } from '../../src/shell/contract.ts'

const session = (lang: Lang = 'en'): Session => {
  const made = new Session({ world: { preset: 'bare' }, namespace: 'shop' })
  const desk = { lang, session: made, level: undefined }
  made.useCommands(promptCommands(desk))
  return made
}

const container = (rest: string): string => `{name: c, image: busybox:1.37, ${rest}}`
const pod = (rest: string, spec = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec: {${spec}containers: [${container(rest)}]}`
const deployment = (rest: string, replicas = 2): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [${container(rest)}]}`
const service = (selector: string, port: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: ${selector}}, ports: [{port: 80, ${port}}]}`
const SLEEP = 'command: [sleep, "3600"]'

interface Row {
  name: string
  yaml: string
  ask: string
  /** Commands before asking. */
  then?: string
  waitSeconds?: number
  says: RegExp[]
}

const rows: Row[] = [
  {
    name: 'too much CPU',
    yaml: pod(`${SLEEP}, resources: {requests: {cpu: "99"}}`),
    ask: 'pod/p',
    says: [/finds no node.*Insufficient cpu/, /node-a: Insufficient cpu/, /control-plane: .*taint/],
  },
  {
    name: 'a node selector that fits none',
    yaml: pod(SLEEP, 'nodeSelector: {disk: ssd}, '),
    ask: 'p',
    says: [/didn't match Pod's node affinity\/selector/],
  },
  { name: 'a scheduling gate', yaml: pod(SLEEP, 'schedulingGates: [{name: lab/wait}], '), ask: 'p', says: [/scheduling gates.*lab\/wait/] },
  { name: 'another scheduler', yaml: pod(SLEEP, 'schedulerName: mine, '), ask: 'p', says: [/scheduler "mine"/] },
  {
    name: 'a ConfigMap that is missing',
    yaml: pod(`${SLEEP}, envFrom: [{configMapRef: {name: conf}}]`),
    ask: 'p',
    says: [/ConfigMap "conf".*does not exist/, /kubectl get configmaps -n shop/],
  },
  {
    name: 'a key that is missing',
    yaml: `${pod(`${SLEEP}, env: [{name: A, valueFrom: {secretKeyRef: {name: sec, key: pass}}}]`)}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: sec}\nstringData: {password: x}`,
    ask: 'p',
    says: [/Secret "sec" has no key "pass"; it has password/],
  },
  {
    name: 'a crash',
    yaml: pod('command: [sh, -c, "exit 3"]'),
    ask: 'p',
    waitSeconds: 60,
    says: [/ended with exit code 3/, /restarted \d+ times/, /kubectl logs p -n shop --previous/],
  },
  {
    name: 'a program that ends by itself',
    yaml: pod('command: [sh, -c, "exit 0"]'),
    ask: 'p',
    waitSeconds: 60,
    says: [/exit code 0: its program is done/],
  },
  {
    name: 'a readiness probe that fails',
    yaml: pod(`${SLEEP}, readinessProbe: {exec: {command: [cat, /ready]}, periodSeconds: 1}`),
    ask: 'p',
    waitSeconds: 30,
    says: [/readiness probe \(exec cat \/ready\) does not pass/],
  },
  { name: 'a pod that is well', yaml: pod(SLEEP), ask: 'po p', says: [/^✓ it runs on node-[abc]/] },
  {
    name: 'a claim without a volume',
    yaml: `${pod(SLEEP, 'volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], ')}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}`,
    ask: 'p',
    says: [/claim "data" is Pending/, /why pvc\/data/],
  },
  {
    name: 'a claim that names no class',
    yaml: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}',
    ask: 'pvc/data',
    says: [/1Gi/],
  },
  {
    name: 'a claim of a class that is missing',
    yaml: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}',
    ask: 'pvc/data',
    says: [/no StorageClass "fast"/],
  },
  {
    name: 'a selector that matches nothing',
    yaml: `${deployment(SLEEP)}\n---\n${service('wbe', 'targetPort: 80')}`,
    ask: 'svc/s',
    says: [/selector app=wbe matches no pod/, /pods have app=web, none has app=wbe/],
  },
  {
    name: 'a target port of no name',
    yaml: `${deployment(`${SLEEP}, ports: [{name: http, containerPort: 8080}]`)}\n---\n${service('web', 'targetPort: web')}`,
    ask: 'svc/s',
    says: [/port named "web".*http=8080/],
  },
  {
    name: 'pods that are not ready',
    yaml: `${deployment(`${SLEEP}, readinessProbe: {exec: {command: [cat, /ready]}}`)}\n---\n${service('web', 'targetPort: 80')}`,
    ask: 'svc/s',
    says: [/matches 2 pod\(s\), but none is ready/, /why pod\/web-/],
  },
  {
    name: 'an external name',
    yaml: 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: ExternalName, externalName: db.example.com}',
    ask: 'svc/s',
    says: [/another name for db\.example\.com/],
  },
  {
    name: 'a quota',
    yaml: `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "2"}}\n---\n${deployment(SLEEP)}`,
    then: 'kubectl scale deployment web --replicas=3',
    ask: 'deployment/web',
    says: [/its pods cannot be made: .*exceeded quota: q/, /kubectl describe resourcequota -n shop/],
  },
  {
    name: 'a deployment whose pods crash',
    yaml: deployment('command: [sh, -c, "exit 1"]'),
    ask: 'deploy/web',
    waitSeconds: 60,
    says: [/pod web-.*exit code 1/, /why pod\/web-/],
  },
  { name: 'a deployment at 0', yaml: deployment(SLEEP, 0), ask: 'deploy web', says: [/scaled to 0/] },
  {
    name: 'a paused deployment',
    yaml: deployment(SLEEP),
    then: 'kubectl rollout pause deployment web',
    ask: 'deploy web',
    says: [/rollout is paused/, /rollout resume deployment web/],
  },
  { name: 'a deployment that is well', yaml: deployment(SLEEP), ask: 'deploy web', says: [/2 of 2 pods are ready/] },
  {
    name: 'a cordoned node',
    yaml: pod(SLEEP),
    then: 'kubectl cordon node-a',
    ask: 'node/node-a',
    says: [/cordoned/, /kubectl uncordon node-a/],
  },
  {
    name: 'a dead node',
    yaml: pod(SLEEP),
    then: 'fault crash node/node-b',
    waitSeconds: 60,
    ask: 'node/node-b',
    says: [/has not been heard since/],
  },
  {
    name: 'an ingress whose Service is missing',
    yaml: 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {ingressClassName: nginx, rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}]}}]}',
    ask: 'ingress/i',
    says: [/no ingress class "nginx"/, /Service "gone", which does not exist/],
  },
  {
    name: 'a kind without an explainer',
    yaml: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}',
    ask: 'cm/c',
    says: [/nothing about it tells of trouble/, /kubectl describe configmap c/],
  },
]

describe('why', () => {
  test.each(rows)('$name', ({ yaml, then, ask, waitSeconds = 10, says }) => {
    const s = session()
    s.write('o.yaml', yaml)
    const applied = s.run('kubectl apply -f o.yaml')
    expect(applied.exitCode, applied.output).toBe(0)
    if (then) expect(s.run(then).exitCode).toBe(0)
    s.advance(waitSeconds * 1000)
    const { output } = s.run(`why ${ask}`)
    // Lines are wrapped for the terminal.
    for (const said of says) expect(output.replace(/\s+/g, ' ')).toMatch(said)
  })

  test.each([
    ['why', 2, 'usage: why'],
    ['why nothing/x', 1, 'no type "nothing"'],
    ['why pod/x', 1, 'pods "x" not found'],
    ['why pod/x -n default', 1, 'pods "x" not found'],
  ])('%s', (command, exitCode, says) => {
    const result = session().run(command)
    expect(result.exitCode).toBe(exitCode)
    expect(result.output).toContain(says)
  })

  test('Spanish', () => {
    const s = session('es')
    s.write('o.yaml', service('web', 'targetPort: 80'))
    s.run('kubectl apply -f o.yaml')
    expect(s.run('why svc/s').output).toMatch(/su selector app=web no encaja con ningún pod.*\n[\s\S]*Mira ahora:/)
  })
})
