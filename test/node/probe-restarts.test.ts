/** Restarts by probes: the sync that stops a container starts it again, and back-off counts from the end it knew of (kuberuntime's SyncPod). */
import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import { World } from '../../src/cluster/world.ts'

function worldWith(spec: object, more: object = {}): World {
  const world = new World({ preset: 'bare', seed: 'probes' })
  world.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'node-a', containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }], ...spec }], ...more },
  } as never)
  return world
}

const pod = (world: World): Pod => world.cluster.read.get('pods', 'default', 'p')!
const restarts = (world: World): number => pod(world).status?.containerStatuses?.[0]?.restartCount ?? 0
const reasons = (world: World, reason: string): number[] =>
  world.cluster.read
    .list('events', 'default')
    .filter((e: any) => e.reason === reason)
    .map((e: any) => e.count ?? 1)
const messages = (world: World, reason: string): string[] =>
  world.cluster.read
    .list('events', 'default')
    .filter((e: any) => e.reason === reason)
    .map((e: any) => e.message)

const nobody = { tcpSocket: { port: 9 }, periodSeconds: 2, failureThreshold: 3 }

test('a probe looks first one period after its worker was made, which was after the volumes were there', () => {
  const world = worldWith({ startupProbe: nobody })
  const seen: number[] = []
  for (let ms = 0; ms < 7_000; ms += 100) {
    const before = reasons(world, 'Unhealthy')[0] ?? 0
    world.advance(100)
    if ((reasons(world, 'Unhealthy')[0] ?? 0) > before) seen.push(ms + 100)
  }
  expect(seen).toEqual([2_300, 4_300, 6_300])
})

test('the container runs again at once, without a look at the runtime between', () => {
  const world = worldWith({ startupProbe: nobody })
  world.advance(6_350)
  expect(reasons(world, 'Killing')).toEqual([1])
  expect(reasons(world, 'Started')).toEqual([2])
  expect(messages(world, 'Killing')).toEqual(['Container c failed startup probe, will be restarted'])
})

test('a container that lives longer than its back-off before it is stopped does not wait', () => {
  const slowly = { tcpSocket: { port: 9 }, periodSeconds: 10, failureThreshold: 3 }
  const world = worldWith({ livenessProbe: slowly })
  world.advance(100_000)
  expect(restarts(world)).toBe(3)
  expect(reasons(world, 'BackOff')).toEqual([])
  const fast = worldWith({ livenessProbe: nobody })
  fast.advance(60_000)
  expect(reasons(fast, 'BackOff').length).toBe(1)
})

test('a pod that does not restart says so', () => {
  const world = worldWith({ livenessProbe: nobody }, { restartPolicy: 'Never' })
  world.advance(10_000)
  expect(messages(world, 'Killing')).toEqual(['Container c failed liveness probe'])
  expect(restarts(world)).toBe(0)
})
