import { describe, expect, test } from 'vitest'
import { deploymentController } from '../../src/controllers/deployment/index.ts'
import { endpointsController } from '../../src/controllers/endpoints/index.ts'
import { endpointSliceController } from '../../src/controllers/endpointslice/index.ts'
import { garbageCollector } from '../../src/controllers/garbage-collector/index.ts'
import { replicaSetController } from '../../src/controllers/replicaset/index.ts'
import { createWorld, podSpec } from './world.ts'

const controllers = [deploymentController, replicaSetController, endpointsController, endpointSliceController, garbageCollector]
const world = () => createWorld({ controllers, scheduler: true, nodes: ['node-a', 'node-b', 'node-c'] })
const web = (spec: object = {}, image = 'nginx'): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'lab', labels: { app: 'web' } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: podSpec({ containers: [{ name: 'c', image }] }) },
    ...spec,
  },
})
const setImage = (w: ReturnType<typeof createWorld>, image: string): void => {
  w.write.modify('deployments.apps', 'lab', 'web', (d) => {
    d.spec!.template.spec!.containers[0]!.image = image
  })
}

describe('a Deployment', () => {
  test('comes up, with hash, revision, conditions and one event', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    const d = w.get('deployments.apps', 'web')
    expect(d.status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 })
    expect(d.status.conditions.map((c: any) => `${c.type}=${c.status} ${c.reason}`)).toEqual([
      'Available=True MinimumReplicasAvailable',
      'Progressing=True NewReplicaSetAvailable',
    ])
    expect(d.metadata.annotations['deployment.kubernetes.io/revision']).toBe('1')
    const [rs] = w.list('replicasets.apps')
    expect(rs.metadata.name).toMatch(/^web-[456789bcdf]{8,10}$/)
    expect(w.events('ScalingReplicaSet')).toEqual([`Scaled up replica set ${rs.metadata.name} from 0 to 3`])
    expect(
      w
        .list('pods')
        .map((p) => p.spec.nodeName)
        .sort(),
    ).toEqual(['node-a', 'node-b', 'node-c'])
  })

  test('rolls to a new template one surge at a time, never below its minimum', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    let least = 3
    let most = 0
    w.cluster.subscribe('pods', () => {
      const running = w.list('pods').filter((p) => p.metadata.deletionTimestamp === undefined)
      most = Math.max(most, running.length)
      least = Math.min(
        least,
        running.filter((p) => p.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True')).length,
      )
    })
    setImage(w, 'nginx:2')
    w.run(30_000)
    expect([least, most]).toEqual([3, 4])
    expect(w.list('pods').map((p) => p.spec.containers[0].image)).toEqual(['nginx:2', 'nginx:2', 'nginx:2'])
    expect(w.get('deployments.apps', 'web').metadata.annotations['deployment.kubernetes.io/revision']).toBe('2')
    expect(w.events('ScalingReplicaSet').map((m) => m.replace(/web-\w+/, 'rs'))).toEqual([
      'Scaled up replica set rs from 0 to 3',
      'Scaled up replica set rs from 0 to 1',
      'Scaled down replica set rs from 3 to 2',
      'Scaled up replica set rs from 1 to 2',
      'Scaled down replica set rs from 2 to 1',
      'Scaled up replica set rs from 2 to 3',
      'Scaled down replica set rs from 1 to 0',
    ])
  })

  test('goes back to an old template by raising its ReplicaSet again, as a new revision', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    setImage(w, 'nginx:2')
    w.run(20_000)
    setImage(w, 'nginx')
    w.run(20_000)
    const sets = w.list('replicasets.apps')
    expect(sets).toHaveLength(2)
    const back = sets.find((rs) => rs.spec.replicas === 3)
    expect(back.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
  })

  test('Recreate ends the old pods before it starts the new', () => {
    const w = world()
    w.write.create('deployments.apps', web({ strategy: { type: 'Recreate' } }))
    w.run(5000)
    let mixed = false
    w.cluster.subscribe('pods', () => {
      mixed ||= new Set(w.list('pods').map((p) => p.spec.containers[0].image)).size > 1
    })
    setImage(w, 'nginx:2')
    w.run(20_000)
    expect(mixed).toBe(false)
    expect(w.list('pods').map((p) => p.spec.containers[0].image)).toEqual(['nginx:2', 'nginx:2', 'nginx:2'])
  })

  test('gives up on its deadline, and says so', () => {
    const w = world()
    const spec = { progressDeadlineSeconds: 10 }
    const broken = web(spec)
    broken.spec.template.metadata.annotations = { 'test/never-ready': 'true' }
    w.write.create('deployments.apps', broken)
    w.run(30_000)
    const progressing = w.get('deployments.apps', 'web').status.conditions.find((c: any) => c.type === 'Progressing')
    expect(progressing).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' })
    expect(progressing.message).toMatch(/^ReplicaSet "web-\w+" has timed out progressing\.$/)
  })

  test('paused, scales but does not roll', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    w.write.modify('deployments.apps', 'lab', 'web', (d) => {
      d.spec!.paused = true
      d.spec!.replicas = 5
      d.spec!.template.spec!.containers[0]!.image = 'nginx:2'
    })
    w.run(5000)
    expect(w.list('pods').map((p) => p.spec.containers[0].image)).toEqual(['nginx', 'nginx', 'nginx', 'nginx', 'nginx'])
    w.write.modify('deployments.apps', 'lab', 'web', (d) => {
      d.spec!.paused = false
    })
    w.run(30_000)
    expect(new Set(w.list('pods').map((p) => p.spec.containers[0].image))).toEqual(new Set(['nginx:2']))
  })

  test('takes its ReplicaSets and pods along when deleted', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    w.write.delete('deployments.apps', 'lab', 'web', { propagationPolicy: 'Background' })
    w.run(5000)
    expect(w.list('replicasets.apps')).toEqual([])
    expect(w.list('pods')).toEqual([])
  })

  test('leaves its pods alone when orphaned, and a new one adopts them', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    const names = w.list('pods').map((p) => p.metadata.name)
    w.write.delete('deployments.apps', 'lab', 'web', { propagationPolicy: 'Orphan' })
    w.run(5000)
    expect(w.list('replicasets.apps')[0].metadata.ownerReferences).toBeUndefined()
    w.write.create('deployments.apps', web())
    w.run(5000)
    expect(w.list('replicasets.apps')).toHaveLength(1)
    expect(w.list('pods').map((p) => p.metadata.name)).toEqual(names)
  })

  test('in the foreground, goes after everything it owns', () => {
    const w = world()
    w.write.create('deployments.apps', web())
    w.run(5000)
    w.write.delete('deployments.apps', 'lab', 'web', { propagationPolicy: 'Foreground' })
    w.run(500)
    expect(w.get('deployments.apps', 'web').metadata.finalizers).toEqual(['foregroundDeletion'])
    w.run(5000)
    expect([w.get('deployments.apps', 'web'), ...w.list('replicasets.apps'), ...w.list('pods')]).toEqual([undefined])
  })
})

describe('endpoints', () => {
  test('follow readiness', () => {
    const w = world()
    w.write.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'lab' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80 }] },
    } as never)
    w.run(10)
    expect(w.list('endpointslices.discovery.k8s.io').map((s) => [s.endpoints, s.ports])).toEqual([[null, null]])
    w.write.create('deployments.apps', web())
    w.run(5000)
    expect(w.get('endpoints', 'web').subsets[0].addresses).toHaveLength(3)
    const [slice] = w.list('endpointslices.discovery.k8s.io')
    expect(slice.endpoints.map((e: any) => e.conditions)).toEqual(Array(3).fill({ ready: true, serving: true, terminating: false }))
    expect(slice.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }])
    w.write.delete('pods', 'lab', w.list('pods')[0].metadata.name)
    w.run(100)
    expect(w.list('endpointslices.discovery.k8s.io')[0].endpoints[0].conditions).toEqual({ ready: false, serving: true, terminating: true })
    expect(w.get('endpoints', 'web').subsets[0].addresses).toHaveLength(2)
  })
})
