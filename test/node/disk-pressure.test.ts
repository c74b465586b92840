/** Disks that fill up: a pod's own limits, and a node whose disk or memory something else takes. */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { World } from '../../src/cluster/world.ts'

const writer = (name: string, path: string, more: object): ApiObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'c',
          image: 'busybox:1.37',
          command: ['sh', '-c', `sleep 5; seq 1 20000 > ${path}; sleep infinity`],
          volumeMounts: [{ name: 'v', mountPath: '/cache' }],
        },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      ...more,
    },
  }) as never

const status = (world: World, name: string) => world.cluster.read.get('pods', 'default', name)?.status
const condition = (world: World, type: string): string | undefined =>
  world.cluster.read.get('nodes', undefined, 'node-a')?.status?.conditions?.find((c) => c.type === type)?.status

const container = (path: string, limit: string) => [
  {
    name: 'c',
    image: 'busybox:1.37',
    command: ['sh', '-c', `sleep 5; seq 1 20000 ${path}; sleep infinity`],
    resources: { limits: { 'ephemeral-storage': limit } },
  },
]

describe('a pod that takes more than it may is evicted', () => {
  test.each<[string, object, string]>([
    [
      'an emptyDir beyond its sizeLimit',
      { volumes: [{ name: 'v', emptyDir: { sizeLimit: '50Ki' } }] },
      'Usage of EmptyDir volume "v" exceeds the limit "50Ki". ',
    ],
    [
      'a writable layer beyond the limit',
      { containers: container('> /tmp/x', '50Ki'), volumes: [] },
      'Pod ephemeral local storage usage exceeds the total limit of containers 50Ki. ',
    ],
    [
      'logs count, too',
      { containers: container('', '50Ki'), volumes: [] },
      'Pod ephemeral local storage usage exceeds the total limit of containers 50Ki. ',
    ],
  ])('%s', (_name, more, message) => {
    const world = new World({ preset: 'default' })
    world.apply(writer('w', '/cache/x', more))
    world.apply(writer('modest', '/cache/x', { volumes: [{ name: 'v', emptyDir: { sizeLimit: '5Mi' } }] }))
    world.advance(30_000)
    expect(status(world, 'w')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(status(world, 'modest')?.phase).toBe('Running')
  })
})

test('disk-full: DiskPressure, unused images and pods go; mended, the condition passes after its time', () => {
  const world = new World({ preset: 'default' })
  world.apply(writer('w', '/cache/x', { nodeName: 'node-a' }))
  world.advance(20_000)
  applyFault(world, { kind: 'disk-full', target: { node: 'node-a' } })
  world.advance(15_000)
  expect(condition(world, 'DiskPressure')).toBe('True')
  expect(status(world, 'w')?.message).toMatch(
    /^The node was low on resource: ephemeral-storage\. Threshold quantity: 5Gi, available: 2\d+Ki\. /,
  )
  applyFault(world, { kind: 'mend', target: { node: 'node-a' } })
  world.advance(320_000)
  expect(condition(world, 'DiskPressure')).toBe('False')
})

test('memory-pressure: the kubelet evicts and the node says so, until it is mended', () => {
  const world = new World({ preset: 'default' })
  world.apply(writer('w', '/cache/x', { nodeName: 'node-a' }))
  world.advance(20_000)
  applyFault(world, { kind: 'memory-pressure', target: { node: 'node-a' } })
  world.advance(25_000)
  expect(condition(world, 'MemoryPressure')).toBe('True')
  applyFault(world, { kind: 'mend', target: { node: 'node-a' } })
  world.advance(320_000)
  expect(condition(world, 'MemoryPressure')).toBe('False')
})
