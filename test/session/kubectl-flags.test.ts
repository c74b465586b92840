/**
 * Every flag of every verb that runs here: the verb looks at it, refuses it by its name, or stands in the list of those that change nothing
 * in this cluster, with the reason.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FlagDefinition, Flags } from '../../src/kubectl/flags/pflag.ts'
import { factsOf, globalFlags } from '../../src/kubectl/flags/tree.ts'
import { withoutEffect } from '../../src/kubectl/flags/without-effect.ts'
import { verbs } from '../../src/kubectl/verbs/index.ts'
import { Session } from '../../src/session/session.ts'

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`
const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {a: b}\n'

/** Command lines by which a verb shows what it looks at; each runs with the flag behind it. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  annotate: ['cm conf x=y', '-f cm.yaml x=y', 'cm conf --list', 'cm x=y'],
  'api-resources': [''],
  'api-versions': [''],
  apply: ['-f cm.yaml', '-f cm.yaml --server-side', '-f cm.yaml --prune -l a=b', '-f cm.yaml --force'],
  'apply edit-last-applied': ['cm conf', '-f cm.yaml'],
  'apply set-last-applied': ['-f cm.yaml', '-f bare.yaml'],
  'apply view-last-applied': ['cm conf', '-f cm.yaml'],
  attach: ['web', 'deploy/web'],
  'auth can-i': ['get pods', '--list'],
  'auth reconcile': ['-f role.yaml', '-f binding.yaml'],
  'auth whoami': [''],
  autoscale: ['deploy web --max=3', '-f web.yaml --max=3', 'deploy web --max=3 --name={n}'],
  'certificate approve': ['nobody', '-f csr.yaml'],
  'certificate deny': ['nobody', '-f csr.yaml'],
  'cluster-info': [''],
  'cluster-info dump': [''],
  cordon: ['node-a'],
  cp: ['cm.yaml web-pod:/tmp/x', 'web-pod:/etc/hostname x'],
  create: ['-f cm2.yaml', '-f cm2.yaml --edit', '--raw /api/v1/namespaces/lab/configmaps -f cm2.yaml'],
  'create clusterrole': ['x --verb=get --resource=pods', 'x --aggregation-rule=a=b'],
  'create clusterrolebinding': ['x --clusterrole=view --user=u'],
  'create configmap': ['x --from-literal=a=b', 'x --from-file=cm.yaml', 'x --from-env-file=env'],
  'create cronjob': ['x --image=busybox --schedule="* * * * *" -- date'],
  'create deployment': ['x --image=nginx'],
  'create ingress': ['x --rule=a.b/=web:80'],
  'create job': ['x --image=busybox', 'x --from=cronjob/tick'],
  'create namespace': ['x'],
  'create poddisruptionbudget': ['x --selector=a=b --min-available=1'],
  'create priorityclass': ['x --value=1'],
  'create quota': ['x --hard=pods=1'],
  'create role': ['x --verb=get --resource=pods'],
  'create rolebinding': ['x --clusterrole=view --user=u'],
  'create secret docker-registry': ['x --docker-username=u --docker-password=p --docker-server=s', 'x --from-file=cm.yaml'],
  'create secret generic': ['x --from-literal=a=b', 'x --from-env-file=env'],
  'create secret tls': ['x --cert=cert.pem --key=key.pem'],
  'create service clusterip': ['x --tcp=80:80'],
  'create service externalname': ['x --external-name=a.b'],
  'create service loadbalancer': ['x --tcp=80:80'],
  'create service nodeport': ['x --tcp=80:80'],
  'create serviceaccount': ['x'],
  'create token': ['default'],
  debug: [
    'web-pod --image=busybox',
    'web-pod --image=busybox --copy-to={n} -- date',
    'node/node-a --image=busybox',
    'web-pod --image=busybox --copy-to=y',
    '-f pod.yaml --image=busybox',
  ],
  delete: ['cm nope', '-f cm2.yaml', 'cm --all --dry-run=client', '--raw /api/v1/namespaces/lab/configmaps/nope'],
  describe: ['cm conf', '-f cm.yaml', 'cm'],
  diff: ['-f cm.yaml', '-f cm.yaml --prune -l a=b', '-f cm.yaml --server-side'],
  drain: ['node-a', 'node-a --ignore-daemonsets --force --delete-emptydir-data', '--selector=kubernetes.io/os=linux --dry-run=client'],
  edit: ['cm conf', '-f cm.yaml'],
  events: [''],
  exec: ['web-pod -- date', 'deploy/web -- date'],
  explain: ['pod'],
  expose: ['deploy web --port=80', '-f web.yaml --port=80', `deploy web --port=80 --overrides='{"metadata":{"labels":{"a":"b"}}}'`],
  get: ['cm', 'cm conf', '-f cm.yaml', 'cm -o yaml', 'cm -w --request-timeout=1s', '--raw /version'],
  kustomize: ['kust'],
  label: ['cm conf x=y', '-f cm.yaml x=y', 'cm conf --list', 'cm x=y'],
  logs: ['web-pod', 'web-pod --previous', '-l app=web', 'web-pod -f', 'deploy/web'],
  help: ['get'],
  options: [''],
  patch: [`cm conf -p '{"data":{"c":"d"}}'`, '-f cm.yaml --patch-file=patch.yaml'],
  'port-forward': ['web-pod 9999:80 &', 'deploy/web 9998:80 &'],
  replace: ['-f cm.yaml', '-f cm.yaml --force', '--raw /api/v1/namespaces/lab/configmaps/conf -f cm.yaml'],
  'rollout history': ['deploy web', '-f web.yaml'],
  'rollout pause': ['deploy web', '-f web.yaml'],
  'rollout restart': ['deploy web', '-f web.yaml'],
  'rollout resume': ['deploy web', '-f web.yaml', 'deploy held'],
  'rollout status': ['deploy web', '-f web.yaml', 'deploy stuck'],
  'rollout undo': ['deploy web', '-f web.yaml'],
  run: [
    '{n} --image=nginx',
    '{n} --image=busybox -i -- date',
    '{n} --image=nginx --expose --port=80',
    '{n} --image=busybox --rm --attach -- date',
    '{n} --image=busybox --attach -- date',
    `{n} --image=nginx --overrides='{"metadata":{"labels":{"a":"b"}}}'`,
  ],
  scale: ['deploy web --replicas=1', '-f web.yaml --replicas=1'],
  'set env': ['deploy web A=b', 'deploy web --from=cm/conf', 'deploy web --list', '-f web.yaml A=b --local -o yaml'],
  'set image': ['deploy web c=nginx:1', '-f web.yaml c=nginx:1'],
  'set resources': ['deploy web --limits=cpu=1', '-f web.yaml --limits=cpu=1'],
  'set selector': ['svc web a=b', '-f svc.yaml a=b'],
  'set serviceaccount': ['deploy web default', '-f web.yaml default'],
  'set subject': ['clusterrolebinding cluster-admin --user=u', '-f binding.yaml --user=u'],
  taint: ['node node-a k=v:NoSchedule', 'node node-a k:NoSchedule-'],
  'top node': ['', 'node-a'],
  'top pod': ['', '--containers', 'web-pod'],
  uncordon: ['node-a'],
  version: [''],
  wait: ['cm/conf --for=create', 'cm --for=create --all', 'deploy/web --for=condition=Available', '-f cm.yaml --for=create'],
  'config current-context': [''],
  'config delete-cluster': ['x'],
  'config delete-context': ['x'],
  'config delete-user': ['x'],
  'config get-clusters': [''],
  'config get-contexts': [''],
  'config get-users': [''],
  'config rename-context': ['a b'],
  'config set': ['current-context lab', 'clusters.x.certificate-authority-data aGk='],
  'config set-cluster': ['x'],
  'config set-context': ['x'],
  'config set-credentials': ['x --exec-command=y', 'x --auth-provider=y'],
  'config unset': ['current-context'],
  'config use-context': ['lab'],
  'config view': [''],
}

const nameOf = (path: string): string => path.slice('kubectl '.length)
/** Verbs that only say that they are not to be had. */
const ABSENT = /^(proxy|plugin|completion|kuberc.*)$/
const present = verbs.map((verb) => nameOf(verb.path)).filter((name) => !ABSENT.test(name))

const VALUES: Readonly<Record<string, string>> = {
  output: 'yaml',
  'dry-run': 'client',
  selector: 'a=b',
  'field-selector': 'metadata.name=x',
}

function argument({ name, type, default: fallback }: FlagDefinition): string {
  if (type === 'bool') return `--${name}`
  const plain = { int: '1', duration: '1s', slice: 'x', array: 'x', string: fallback || 'x' }[type]
  return `--${name}=${VALUES[name] ?? plain}`
}

const asked = new Set<string>()
beforeAll(() => {
  for (const method of ['text', 'bool', 'int', 'duration', 'list', 'changed', 'globalText'] as const) {
    const real = Flags.prototype[method] as (this: Flags, name: string) => unknown
    vi.spyOn(Flags.prototype, method).mockImplementation(function (this: Flags, name: string) {
      asked.add(name)
      return real.call(this, name) as never
    })
  }
})
afterAll(() => vi.restoreAllMocks())
beforeEach(() => asked.clear())

/** A request for a certificate, for the verbs that decide about one. */
const REQUEST = [
  'openssl genrsa -out dev.key 2048',
  'openssl req -new -key dev.key -subj "/CN=dev" -out dev.csr',
  `cat <<EOF > csr.yaml
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: dev}
spec: {request: $(base64 -w0 dev.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
EOF`,
  'kubectl create -f csr.yaml',
]

/** Metrics are for those who ask for them: that world takes longer to begin. */
function lab(preset: 'bare' | 'default' = 'bare'): Session {
  const session = new Session({ world: { preset }, namespace: 'lab' })
  const files: Record<string, string> = {
    'web.yaml': WEB,
    'cm.yaml': CM,
    'cm2.yaml': CM.replace('conf', 'fresh'),
    'patch.yaml': 'data: {c: d}\n',
    env: 'A=b\n',
    'kust/kustomization.yaml': 'configMapGenerator: [{name: k, literals: [a=b]}]\n',
    'role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: []\n',
    'binding.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: []\n',
    'svc.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n',
    'bare.yaml': CM.replace('conf', 'bare'),
    'ds.yaml': WEB.replaceAll('web', 'every').replace('Deployment', 'DaemonSet').replace('  replicas: 1\n', ''),
    'scratch.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: scratch}\nspec: {volumes: [{name: v, emptyDir: {}}], containers: [{name: c, image: nginx}]}\n',
    'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web-pod}\nspec: {containers: [{name: c, image: nginx}]}\n',
  }
  for (const [name, text] of Object.entries(files)) session.write(name, text)
  session.run('export EDITOR="sed -i s/b/z/"')
  const config = session.run('kubectl config view --raw').output
  const [cert, key] = ['client-certificate-data', 'client-key-data'].map((field) => new RegExp(`${field}: (\\S+)`).exec(config)?.[1] ?? '')
  session.write('cert.pem', Buffer.from(cert!, 'base64').toString())
  session.write('key.pem', Buffer.from(key!, 'base64').toString())
  session.run('kubectl create cm bare --from-literal=a=b')
  session.write('stuck.yaml', WEB.replaceAll('web', 'stuck').replace('spec: {containers', 'spec: {nodeSelector: {no: such}, containers'))
  session.run('kubectl apply -f stuck.yaml')
  for (const command of REQUEST) session.run(command)
  session.run('kubectl create deployment held --image=nowhere.example/x:1')
  session.run('kubectl rollout pause deploy held')
  for (const name of ['web', 'cm', 'role', 'binding', 'svc', 'pod', 'ds', 'scratch']) session.run(`kubectl apply -f ${name}.yaml`)
  session.run('kubectl create cronjob tick --image=busybox --schedule="0 0 1 1 *" -- date')
  session.advance(120_000)
  return session
}

/** Verbs that leave nothing behind that matters to another share a world; the rest begin anew. */
const LIGHT = /^(create .*|config .*|api-.*|cluster-info.*|auth .*|version|options|help|explain|kustomize|describe|top .*)$/
const opened = new Map<string, Session>()
function worldOf(name: string): Session {
  const group = /^(create|config|top)/.exec(name)?.[0] ?? 'others'
  const session = opened.get(group) ?? lab(group === 'top' ? 'default' : 'bare')
  opened.set(group, session)
  return session
}

test('every verb has lines to run', () => {
  expect(present.filter((name) => LINES[name] === undefined)).toEqual([])
})

let drawn = 0
const tried = (session: Session, name: string, line: string, more = ''): string => {
  const background = line.endsWith('&')
  const words = (background ? line.slice(0, -1) : line).replaceAll('{n}', () => `x${++drawn}`)
  const at = words.indexOf(' -- ')
  const [before, after] = at < 0 ? [words, ''] : [words.slice(0, at), words.slice(at)]
  return session.run(`timeout 3 kubectl ${name} ${before} ${more}${after} ${background ? '&' : '< /dev/null'}`).output
}

describe.each(present)('kubectl %s', (name) => {
  const own = (factsOf(`kubectl ${name}`)?.flags ?? []).filter((flag) => flag.name !== 'help')

  test('does something with each of its flags, or says that it does not', () => {
    const session = LIGHT.test(name) ? worldOf(name) : lab()
    asked.clear()
    for (const line of LINES[name] ?? []) tried(session, name, line)
    if (own.some((flag) => flag.name === 'template') && own.some((flag) => flag.name === 'output'))
      for (const format of ['yaml', 'go-template={{.x}}'])
        for (const line of LINES[name] ?? []) tried(session, name, line, `-o '${format}'`)
    const silent = own.filter((flag) => !asked.has(flag.name) && withoutEffect(`kubectl ${name}`, flag.name) === undefined)
    const idle = silent.filter((flag) => {
      asked.delete(flag.name)
      return !(LINES[name] ?? []).some((line) => {
        const output = tried(session, name, line, argument(flag))
        return asked.has(flag.name) || output.includes(`--${flag.name} is not available`)
      })
    })
    expect(idle.map((flag) => flag.name)).toEqual([])
  })
})

test('so do the flags that all verbs share', () => {
  const session = worldOf('')
  asked.clear()
  session.run('kubectl get cm')
  const idle = globalFlags.filter((flag) => !asked.has(flag.name) && withoutEffect('global', flag.name) === undefined)
  expect(idle.map((flag) => flag.name)).toEqual([])
})
