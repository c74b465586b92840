/** Pods that a node will not run: what came past the scheduler and does not fit, and images with names that are none. */
import { expect, test } from 'vitest'
import { World } from '../../src/cluster/world.ts'

function told(spec: object): { status: any; events: string[] } {
  const world = new World({ preset: 'bare', seed: '1' })
  world.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec } as never)
  world.advance(4000)
  const { status } = world.cluster.read.get('pods', 'default', 'p') as any
  const events = (world.cluster.read.list('events', 'default') as any[]).filter((e) => e.involvedObject.name === 'p')
  return { status, events: events.map((e) => `${e.type} ${e.reason} ${e.message}`) }
}

const container = { name: 'c', image: 'nginx' }
const fits = "Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000"
const selector = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"

test.each([
  ['more than the node has', { containers: [{ ...container, resources: { requests: { cpu: '5' } } }] }, 'OutOfcpu', fits],
  ['labels that the node lacks', { containers: [container], nodeSelector: { disk: 'ssd' } }, 'NodeAffinity', selector],
])('%s: refused with its reason, and never a container', (_, spec, reason, message) => {
  const { status, events } = told({ nodeName: 'node-b', ...spec })
  expect(status).toMatchObject({ phase: 'Failed', reason, message: `Pod was rejected: ${message}` })
  expect(status.containerStatuses).toBeUndefined()
  expect(status.conditions).toBeUndefined()
  expect(events).toEqual([`Warning ${reason} ${message}`])
})

test.each([
  ['Nginx:1.27', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ['ghcr.io/Shop/api', 'invalid reference format: repository name (Shop/api) must be lowercase'],
  ['nginx:1:2', 'invalid reference format'],
])('image %s is no name', (image, why) => {
  const { status, events } = told({ nodeName: 'node-a', containers: [{ name: 'c', image }] })
  const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`
  expect(status.containerStatuses[0].state).toEqual({ waiting: { reason: 'InvalidImageName', message } })
  expect(events).toEqual([`Warning InspectFailed ${message}`, 'Warning Failed Error: InvalidImageName'])
})

test('once its init containers are done, a container that waits still says PodInitializing', () => {
  const world = new World({ preset: 'bare', seed: '1' })
  const spec = {
    nodeName: 'node-a',
    initContainers: [{ name: 'i', image: 'busybox', command: ['true'] }],
    containers: [{ name: 'c', image: 'no-such' }],
  }
  const seen = new Set<string>()
  world.cluster.subscribe('pods', ({ after }: any) => {
    const reason = after?.status?.containerStatuses?.[0]?.state?.waiting?.reason
    if (reason) seen.add(reason)
  })
  world.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec } as never)
  world.advance(4000)
  expect([...seen]).toEqual(['PodInitializing', 'ErrImagePull'])
})

test('what replaces a refused pod is refused in its turn, ten a second', () => {
  const world = new World({ preset: 'bare', seed: '1' })
  const containers = [{ ...container, resources: { requests: { cpu: '3' } } }]
  world.apply({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'r', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'r' } },
      template: { metadata: { labels: { app: 'r' } }, spec: { nodeName: 'node-a', containers } },
    },
  } as never)
  world.advance(1000)
  const phases = (world.cluster.read.list('pods', 'default') as any[]).map((p) => p.status.reason ?? p.status.phase)
  expect(phases.filter((p) => p === 'OutOfcpu').length).toBeGreaterThan(5)
  expect(phases.filter((p) => p === 'OutOfcpu').length).toBeLessThan(12)
  expect(phases.filter((p) => p === 'Running')).toHaveLength(1)
})
