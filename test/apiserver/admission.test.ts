import { describe, expect, test } from 'vitest'
import { admissionPlugins } from '../../src/apiserver/admission/registry.ts'
import { builtInKinds } from '../../src/kinds/index.ts'
import { aPod, cm, createWorld } from './world.ts'

const meta = (name: string, rest: object = {}) => ({ name, ...rest })
const lab = () => {
  const w = createWorld({ kinds: builtInKinds, plugins: admissionPlugins })
  for (const name of ['default', 'lab'])
    w.ok('create', 'namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name) } })
  w.ok('create', 'serviceaccounts', { body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('default') } })
  return w
}
const deployment = (name: string, replicas: number, labels?: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(name, labels ? { labels } : {}),
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } },
  },
})

describe('pods are completed', () => {
  test('account, token volume, tolerations, priority', () => {
    const w = lab()
    const { spec } = w.ok('create', 'pods', { body: aPod('p') })
    expect(spec).toMatchObject({ serviceAccountName: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
    expect(spec.volumes[0].name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(spec.volumes[0].projected.sources[0]).toEqual({ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } })
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: spec.volumes[0].name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
    expect(spec.tolerations.map((t: any) => `${t.key} ${t.tolerationSeconds}`)).toEqual([
      'node.kubernetes.io/not-ready 300',
      'node.kubernetes.io/unreachable 300',
    ])
  })

  test.each([
    ['unknown class', aPod('p', { priorityClassName: 'urgent' }), 'pods "p" is forbidden: no PriorityClass with name urgent was found'],
    [
      'unknown account',
      aPod('p', { serviceAccountName: 'bot' }),
      'pods "p" is forbidden: error looking up service account lab/bot: serviceaccount "bot" not found',
    ],
  ])('refused: %s', (_name, body, text) => expect(lab().message('create', 'pods', { body })).toBe(text))
})

describe('namespaces', () => {
  test('missing', () =>
    expect(lab().message('create', 'configmaps', { namespace: 'gone', body: cm('a') })).toBe('namespaces "gone" not found'))
  test('immortal', () =>
    expect(lab().message('delete', 'namespaces', { name: 'default' })).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ))
  test('terminating, then finalized', () => {
    const w = lab()
    const going = w.ok('delete', 'namespaces', { name: 'lab' })
    expect(going.status.phase).toBe('Terminating')
    expect(going.metadata.deletionGracePeriodSeconds).toBeUndefined()
    expect(w.message('create', 'configmaps', { body: cm('a') })).toBe(
      'configmaps "a" is forbidden: unable to create new content in namespace lab because it is being terminated',
    )
    w.ok('update', 'namespaces', { name: 'lab', subresource: 'finalize', body: { ...going, spec: { finalizers: [] } } })
    expect(w.ask('get', 'namespaces', { name: 'lab' }).code).toBe(404)
  })
})

describe('limit ranges', () => {
  const ranged = (...limits: object[]) => {
    const w = lab()
    w.ok('create', 'limitranges', { body: { apiVersion: 'v1', kind: 'LimitRange', metadata: meta('r'), spec: { limits } } })
    return w
  }
  test('fill in what is left out', () => {
    const w = ranged({ type: 'Container', default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '100m', memory: '128Mi' } })
    const made = w.ok('create', 'pods', { body: aPod('plain') })
    expect(made.spec.containers[0].resources).toEqual({
      limits: { cpu: '500m', memory: '256Mi' },
      requests: { cpu: '100m', memory: '128Mi' },
    })
    expect(made.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
    })
  })
  test('bound claims', () => {
    const w = ranged({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } })
    const claim = (storage: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: meta('data'),
      spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    })
    expect(w.message('create', 'persistentvolumeclaims', { body: claim('10Gi') })).toBe(
      'persistentvolumeclaims "data" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    )
    expect(w.message('create', 'persistentvolumeclaims', { body: claim('500Mi') })).toBe(
      'persistentvolumeclaims "data" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
    )
    expect(w.ok('create', 'persistentvolumeclaims', { body: claim('2Gi') }).metadata.finalizers).toEqual(['kubernetes.io/pvc-protection'])
  })
})

describe('quotas', () => {
  const limited = (hard: Record<string, string>) => {
    const w = lab()
    const quota = w.ok('create', 'resourcequotas', {
      body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('team'), spec: { hard } },
    })
    const used = Object.fromEntries(Object.keys(hard).map((k) => [k, '0']))
    w.ok('update', 'resourcequotas', { name: 'team', subresource: 'status', body: { ...quota, status: { hard, used } } })
    return w
  }
  const sized = (name: string) =>
    aPod(name, { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '400m' }, limits: { cpu: '800m' } } }] })

  test('charge at once, refuse what exceeds', () => {
    const w = limited({ pods: '4', 'requests.cpu': '1', 'limits.cpu': '2' })
    w.ok('create', 'pods', { body: sized('p1') })
    w.ok('create', 'pods', { body: sized('p2') })
    expect(w.ok('get', 'resourcequotas', { name: 'team' }).status.used).toEqual({
      pods: '2',
      'requests.cpu': '800m',
      'limits.cpu': '1600m',
    })
    expect(w.message('create', 'pods', { body: sized('p3') })).toBe(
      'pods "p3" is forbidden: exceeded quota: team, requested: limits.cpu=800m,requests.cpu=400m, used: limits.cpu=1600m,requests.cpu=800m, limited: limits.cpu=2,requests.cpu=1',
    )
    expect(w.message('create', 'pods', { body: aPod('plain') })).toBe(
      'pods "plain" is forbidden: failed quota: team: must specify limits.cpu for: c; requests.cpu for: c',
    )
  })

  test('a dry run and a refused create charge nothing', () => {
    const w = limited({ configmaps: '1' })
    w.ok('create', 'configmaps', { body: cm('a'), query: { dryRun: true } })
    w.message('create', 'configmaps', { body: cm('Bad_') })
    w.ok('create', 'configmaps', { body: cm('a') })
    expect(w.message('create', 'configmaps', { body: cm('b') })).toBe(
      'configmaps "b" is forbidden: exceeded quota: team, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
    )
  })

  test('count objects of any kind', () => {
    const w = limited({ 'count/deployments.apps': '1' })
    w.ok('create', 'deployments', { body: deployment('d1', 1) })
    expect(w.message('create', 'deployments', { body: deployment('d2', 1) })).toContain(
      'requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1',
    )
  })
})

describe('pod security', () => {
  const labelled = (labels: Record<string, string>) => {
    const w = lab()
    w.ok('patch', 'namespaces', { name: 'lab', patchType: 'merge', body: { metadata: { labels } } })
    return w
  }
  const restricted =
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

  test('enforced', () => {
    const w = labelled({ 'pod-security.kubernetes.io/enforce': 'restricted' })
    expect(w.message('create', 'pods', { body: aPod('web') })).toBe(
      `pods "web" is forbidden: violates PodSecurity "restricted:latest": ${restricted}`,
    )
    const careful = aPod('careful', {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'c', image: 'nginx', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    })
    expect(w.ask('create', 'pods', { body: careful }).code).toBe(201)
  })

  test('baseline', () => {
    const w = labelled({ 'pod-security.kubernetes.io/enforce': 'baseline' })
    const root = aPod('root', {
      hostNetwork: true,
      containers: [{ name: 'c', image: 'nginx', securityContext: { privileged: true } }],
      volumes: [{ name: 'h', hostPath: { path: '/etc' } }],
    })
    expect(w.message('create', 'pods', { body: root })).toBe(
      'pods "root" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPath volumes (volume "h"), privileged (container "c" must not set securityContext.privileged=true)',
    )
  })

  test('warned of', () => {
    const w = labelled({ 'pod-security.kubernetes.io/warn': 'restricted' })
    expect(w.ask('create', 'pods', { body: aPod('late') }).warnings).toEqual([
      `would violate PodSecurity "restricted:latest": ${restricted}`,
    ])
  })

  test('raising a level tells who breaks it', () => {
    const w = lab()
    for (const name of ['early', 'other']) w.ok('create', 'pods', { body: aPod(name) })
    const answer = w.ask('patch', 'namespaces', {
      name: 'lab',
      patchType: 'merge',
      body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
    })
    expect(answer.warnings).toEqual([
      'existing pods in namespace "lab" violate the new PodSecurity enforce level "restricted:latest"',
      'early (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    ])
  })
})

describe('storage and ingress defaults', () => {
  const classOf = (kind: string, group: string, name: string, annotation: string, rest: object) => ({
    apiVersion: `${group}/v1`,
    kind,
    metadata: meta(name, { annotations: { [annotation]: 'true' } }),
    ...rest,
  })
  test('the default storage class is given to claims that name none', () => {
    const w = lab()
    w.ok('create', 'storageclasses', {
      body: classOf('StorageClass', 'storage.k8s.io', 'standard', 'storageclass.kubernetes.io/is-default-class', {
        provisioner: 'example.com/disk',
      }),
    })
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: meta('data'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    expect(w.ok('create', 'persistentvolumeclaims', { body: claim }).spec.storageClassName).toBe('standard')
  })
})

describe('eviction', () => {
  const guarded = (disruptionsAllowed: number) => {
    const w = lab()
    const pdb = w.ok('create', 'poddisruptionbudgets', {
      body: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: meta('db'),
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'db' } } },
      },
    })
    const status = { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 }
    w.ok('update', 'poddisruptionbudgets', { name: 'db', subresource: 'status', body: { ...pdb, status } })
    const made = w.ok('create', 'pods', { body: aPod('db-1', {}, { labels: { app: 'db' } }) })
    w.ok('update', 'pods', {
      name: 'db-1',
      subresource: 'status',
      body: {
        ...made,
        status: {
          ...made.status,
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: null, lastProbeTime: null }],
        },
      },
    })
    return w
  }
  const eviction = {
    name: 'db-1',
    subresource: 'eviction',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'db-1' } },
  }

  test('refused by the budget', () => {
    const answer = guarded(0).ask('create', 'pods', eviction)
    expect(answer).toMatchObject({
      code: 429,
      body: {
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget db needs 1 healthy pods and has 1 currently' }] },
      },
    })
  })
  test('allowed and charged', () => {
    const w = guarded(1)
    expect(w.ask('create', 'pods', eviction).code).toBe(201)
    expect(w.ask('get', 'pods', { name: 'db-1' }).code).toBe(404)
    expect(w.ok('get', 'poddisruptionbudgets', { name: 'db' }).status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { 'db-1': '2026-11-20T06:00:00Z' },
    })
  })
})

test('a pod is bound once', () => {
  const w = lab()
  w.ok('create', 'pods', { body: aPod('p') })
  const bind = (node: string) => ({ name: 'p', subresource: 'binding', body: { target: { kind: 'Node', name: node } } })
  expect(w.ask('create', 'pods', bind('node-a')).code).toBe(201)
  expect(w.ok('get', 'pods', { name: 'p' })).toMatchObject({ metadata: { generation: 1 }, spec: { nodeName: 'node-a' } })
  expect(w.message('create', 'pods', bind('node-b'))).toBe(
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-a"',
  )
})

test('a service account token tells who holds it', () => {
  const w = lab()
  const { status } = w.ok('create', 'serviceaccounts', { name: 'default', subresource: 'token', body: { spec: {} } })
  const review = w.server.handle({
    verb: 'create',
    group: 'authentication.k8s.io',
    version: 'v1',
    resource: 'tokenreviews',
    user: { name: 'admin', groups: ['system:masters'] },
    body: { spec: { token: status.token } },
  })
  expect(review.body).toMatchObject({ status: { authenticated: true, user: { username: 'system:serviceaccount:lab:default' } } })
})
