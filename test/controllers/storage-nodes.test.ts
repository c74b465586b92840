import { describe, expect, test } from 'vitest'
import { disruptionController } from '../../src/controllers/disruption/index.ts'
import { namespaceController } from '../../src/controllers/namespace/index.ts'
import { nodeIpamController } from '../../src/controllers/node-ipam/index.ts'
import { nodeLifecycleController } from '../../src/controllers/node-lifecycle/index.ts'
import { podGarbageCollector } from '../../src/controllers/pod-gc/index.ts'
import { volumeBinder } from '../../src/controllers/pv-binder/index.ts'
import { pvProtectionController } from '../../src/controllers/pv-protection/index.ts'
import { pvcProtectionController } from '../../src/controllers/pvc-protection/index.ts'
import { rootCaController } from '../../src/controllers/root-ca/index.ts'
import { serviceAccountController } from '../../src/controllers/serviceaccount/index.ts'
import { taintEvictionController } from '../../src/controllers/taint-eviction/index.ts'
import { createWorld, pod } from './world.ts'

const storage = () =>
  createWorld({
    controllers: [volumeBinder, pvcProtectionController, pvProtectionController],
    scheduler: true,
    nodes: ['node-a', 'node-b'],
  })
const nodes = () =>
  createWorld({
    controllers: [nodeLifecycleController, taintEvictionController, podGarbageCollector, nodeIpamController()],
    scheduler: true,
    nodes: ['node-a', 'node-b'],
  })

const claim = (name: string, spec: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'lab' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } }, ...spec },
})
const volume = (name: string, size: string, spec: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: size },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: '/srv/data' },
    persistentVolumeReclaimPolicy: 'Retain',
    ...spec,
  },
})
const storageClass = (name: string, provisioner: string, volumeBindingMode = 'Immediate'): any => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode,
})

describe('binding', () => {
  test('takes the smallest that is large enough', () => {
    const w = storage()
    for (const [name, size] of [
      ['big', '10Gi'],
      ['mid', '2Gi'],
      ['small', '500Mi'],
    ] as const)
      w.write.create('persistentvolumes', volume(name, size))
    w.write.create('persistentvolumeclaims', claim('data'))
    w.run(10)
    expect(w.get('persistentvolumeclaims', 'data')).toMatchObject({
      spec: { volumeName: 'mid' },
      status: { phase: 'Bound', capacity: { storage: '2Gi' } },
    })
    expect(w.read.get('persistentvolumes', undefined, 'mid')?.status?.phase).toBe('Bound')
  })
  test('prefers exactly the access modes asked for to a smaller volume with more', () => {
    const w = storage()
    w.write.create('persistentvolumes', volume('more', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }))
    w.write.create('persistentvolumes', volume('exact', '5Gi'))
    w.write.create('persistentvolumeclaims', claim('data'))
    w.run(10)
    expect(w.get('persistentvolumeclaims', 'data').spec.volumeName).toBe('exact')
  })
  test.each([
    ['nothing fits and there is no class', {}, 'no persistent volumes available for this claim and no storage class is set'],
    ['the class is unknown', { storageClassName: 'fast' }, 'storageclass.storage.k8s.io "fast" not found'],
    ['it waits for a pod', { storageClassName: 'late' }, 'waiting for first consumer to be created before binding'],
    [
      'somebody outside makes volumes',
      { storageClassName: 'disk' },
      "Waiting for a volume to be created either by the external provisioner 'example.com/disk' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ],
  ])('says why it waits: %s', (_name, spec, text) => {
    const w = storage()
    w.write.create('storageclasses.storage.k8s.io', storageClass('late', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer'))
    w.write.create('storageclasses.storage.k8s.io', storageClass('disk', 'example.com/disk'))
    w.write.create('persistentvolumeclaims', claim('data', spec))
    w.run(10)
    expect(w.events()).toContain(text)
    expect(w.get('persistentvolumeclaims', 'data').status.phase).toBe('Pending')
  })
  test('a volume that belongs to another claim', () => {
    const w = storage()
    w.write.create('persistentvolumes', volume('gamma', '1Gi'))
    w.write.create('persistentvolumeclaims', claim('first'))
    w.run(10)
    w.write.create('persistentvolumeclaims', claim('second', { volumeName: 'gamma' }))
    w.run(10)
    expect(w.events('FailedBinding')).toEqual(['volume "gamma" already bound to a different claim.'])
  })
  test('WaitForFirstConsumer: the pod goes where the local volume is, and is bound once the claim is', () => {
    const w = storage()
    w.write.create('storageclasses.storage.k8s.io', storageClass('late', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer'))
    const onB = {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-b'] }] }] },
    }
    w.write.create(
      'persistentvolumes',
      volume('disk-b', '1Gi', { storageClassName: 'late', nodeAffinity: onB, hostPath: undefined, local: { path: '/d' } }),
    )
    w.write.create('persistentvolumeclaims', claim('data', { storageClassName: 'late' }))
    w.run(100)
    w.write.create('pods', pod('x', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }))
    w.run(100)
    expect(w.get('pods', 'x').spec.nodeName).toBe('node-b')
    expect(w.get('persistentvolumeclaims', 'data').spec.volumeName).toBe('disk-b')
  })
  test('an external provisioner is told the node, and the pod waits for it', () => {
    const w = storage()
    w.write.create('storageclasses.storage.k8s.io', storageClass('ext', 'example.com/disk', 'WaitForFirstConsumer'))
    w.write.create('persistentvolumeclaims', claim('data', { storageClassName: 'ext' }))
    w.write.create('pods', pod('x', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }))
    w.run(5000)
    const { annotations } = w.get('persistentvolumeclaims', 'data').metadata
    expect(annotations).toMatchObject({ 'volume.kubernetes.io/storage-provisioner': 'example.com/disk' })
    expect(w.get('pods', 'x').spec.nodeName).toBeUndefined()
    const { uid } = w.get('persistentvolumeclaims', 'data').metadata
    w.write.create(
      'persistentvolumes',
      volume('made', '1Gi', {
        storageClassName: 'ext',
        claimRef: { namespace: 'lab', name: 'data', uid, kind: 'PersistentVolumeClaim', apiVersion: 'v1' },
      }),
    )
    w.run(1000)
    expect(w.get('pods', 'x').spec.nodeName).toBe(annotations['volume.kubernetes.io/selected-node'])
  })
  test.each([
    ['Retain keeps it', 'Retain', '/srv/data', 'Released'],
    ['Delete of a hostPath elsewhere fails', 'Delete', '/srv/data', 'Failed'],
    ['Delete of a hostPath in /tmp removes it', 'Delete', '/tmp/data', undefined],
  ])('when the claim goes: %s', (_name, policy, path, phase) => {
    const w = storage()
    w.write.create('persistentvolumes', volume('v', '1Gi', { persistentVolumeReclaimPolicy: policy, hostPath: { path } }))
    w.write.create('persistentvolumeclaims', claim('data'))
    w.run(10)
    w.write.delete('persistentvolumeclaims', 'lab', 'data')
    w.run(10)
    expect(w.read.get('persistentvolumes', undefined, 'v')?.status?.phase).toBe(phase)
    if (phase === 'Failed') expect(w.list('events').length + w.read.list('events').length).toBeGreaterThan(0)
  })
  test('a claim in use stays until its pod is gone', () => {
    const w = storage()
    w.write.create('persistentvolumes', volume('v', '1Gi'))
    w.write.create('persistentvolumeclaims', claim('data'))
    w.write.create('pods', pod('x', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }))
    w.run(5000)
    w.write.delete('persistentvolumeclaims', 'lab', 'data')
    w.run(5000)
    expect(w.get('persistentvolumeclaims', 'data').metadata.deletionTimestamp).toBeDefined()
    w.write.delete('pods', 'lab', 'x')
    w.run(5000)
    expect(w.get('persistentvolumeclaims', 'data')).toBeUndefined()
  })
})

describe('nodes', () => {
  test('silent for fifty seconds: Unknown, tainted, its pods not ready and evicted when their toleration ends', () => {
    const w = nodes()
    const soon = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }]
    w.write.create('pods', pod('soon', { nodeSelector: { 'kubernetes.io/hostname': 'node-a' }, tolerations: soon }))
    w.write.create('pods', pod('never', { nodeSelector: { 'kubernetes.io/hostname': 'node-a' }, tolerations: [{ operator: 'Exists' }] }))
    w.run(48_000)
    expect(w.read.get('nodes', undefined, 'node-a')?.spec?.taints).toBeUndefined()
    w.run(8000)
    const found = w.read.get('nodes', undefined, 'node-a')!
    expect(found.status?.conditions?.find((c) => c.type === 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect(found.spec?.taints?.map((t) => `${t.key}:${t.effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect(w.get('pods', 'never').status.conditions.find((c: any) => c.type === 'Ready').status).toBe('False')
    w.run(8000)
    expect(w.events('TaintManagerEviction')).toEqual(['Marking for deletion Pod lab/soon'])
    expect(w.get('pods', 'never').metadata.deletionTimestamp).toBeUndefined()
  })
  test('cordoned gets the taint, uncordoned loses it', () => {
    const w = nodes()
    w.run(10)
    const set = (unschedulable: boolean) =>
      w.write.modify('nodes', undefined, 'node-a', (n) => {
        n.spec = { ...n.spec, unschedulable }
      })
    set(true)
    w.run(10)
    expect(w.read.get('nodes', undefined, 'node-a')?.spec?.taints).toMatchObject([
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ])
    set(false)
    w.run(10)
    expect(w.read.get('nodes', undefined, 'node-a')?.spec?.taints).toBeUndefined()
  })
  test('each has a network of its own', () => {
    const w = nodes()
    w.run(10)
    expect(w.read.list('nodes').map((n) => n.spec?.podCIDR)).toEqual(['10.244.0.0/24', '10.244.1.0/24'])
  })
  test('deleted, its pods follow after a while', () => {
    const w = nodes()
    w.write.create('pods', pod('x', { nodeSelector: { 'kubernetes.io/hostname': 'node-a' } }))
    w.run(5000)
    w.write.delete('nodes', undefined, 'node-a')
    w.run(30_000)
    expect(w.get('pods', 'x')).toBeDefined()
    w.run(15_000)
    expect(w.get('pods', 'x')).toBeUndefined()
  })
  test('a NoExecute taint evicts at once, later, or never', () => {
    const w = nodes()
    const tolerate = (more: object) => ({
      nodeName: 'node-a',
      tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', ...more }],
    })
    w.write.create('pods', pod('none', { nodeName: 'node-a' }))
    w.write.create('pods', pod('while', tolerate({ tolerationSeconds: 12 })))
    w.write.create('pods', pod('forever', tolerate({})))
    w.run(4000)
    w.write.modify('nodes', undefined, 'node-a', (n) => {
      n.spec = { ...n.spec, taints: [{ key: 'maintenance', value: 'true', effect: 'NoExecute' }] }
    })
    w.run(5000)
    expect(w.list('pods').map((p) => p.metadata.name)).toEqual(['forever', 'while'])
    w.run(11_000)
    expect(w.list('pods').map((p) => p.metadata.name)).toEqual(['forever'])
  })
})

describe('a namespace', () => {
  test('has a service account and a CA, and takes its content along', () => {
    const w = createWorld({ controllers: [namespaceController, serviceAccountController, rootCaController] })
    w.write.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as never)
    w.run(10)
    expect(w.read.get('serviceaccounts', 'shop', 'default')).toBeDefined()
    expect(w.read.get('configmaps', 'shop', 'kube-root-ca.crt')?.data?.['ca.crt']).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    w.write.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stuck', namespace: 'shop', finalizers: ['example.com/keep'] },
    } as never)
    w.write.delete('namespaces', undefined, 'shop')
    w.run(7000)
    const texts = w.read.get('namespaces', undefined, 'shop')?.status?.conditions?.map((c) => `${c.type}=${c.status} ${c.message}`)
    expect(texts).toEqual([
      'NamespaceDeletionDiscoveryFailure=False All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure=False All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure=False All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining=True Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining=True Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
    ])
    w.write.modify('configmaps', 'shop', 'stuck', (c) => {
      delete c.metadata.finalizers
    })
    w.run(15_000)
    expect(w.read.get('namespaces', undefined, 'shop')).toBeUndefined()
  })
})

describe('a disruption budget', () => {
  test('without pods says so twice, and allows nothing', () => {
    const w = createWorld({ controllers: [disruptionController] })
    const spec = { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } }
    w.write.create('poddisruptionbudgets.policy', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'lab' },
      spec,
    } as never)
    w.run(10)
    expect(w.get('poddisruptionbudgets.policy', 'web').status).toMatchObject({
      currentHealthy: 0,
      desiredHealthy: 0,
      disruptionsAllowed: 0,
      expectedPods: 0,
    })
    expect(w.list('events')[0]).toMatchObject({ reason: 'NoPods', count: 2, source: { component: 'controllermanager' } })
  })
})
