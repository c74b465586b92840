/** Disks that fill up: a pod's own limits, and a node whose disk or memory something else takes. */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { World } from '../../src/cluster/world.ts'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

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
    /^The node was low on resource: ephemeral-storage\. Threshold quantity: 5Gi, available: 2560Mi\. /,
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

describe('a disk that is quite full', () => {
  const fill = (world: World, amount?: string): void => {
    applyFault(world, { kind: 'disk-full', target: { node: 'node-a' }, ...(amount !== undefined && { amount }) })
  }
  const pod = (name: string, image: string, command?: string): ApiObject =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        nodeName: 'node-a',
        restartPolicy: 'Never',
        tolerations: [{ operator: 'Exists' }],
        priorityClassName: 'system-node-critical',
        priority: 2_000_001_000,
        containers: [{ name: 'c', image, ...(command !== undefined && { command: ['sh', '-c', command] }) }],
      },
    }) as never

  test('takes no image, and says so', () => {
    const world = new World({ preset: 'default' })
    fill(world, '100%')
    world.apply(pod('p', 'nginx:1.27'))
    world.advance(9_000)
    const { waiting } = status(world, 'p')!.containerStatuses![0]!.state!
    expect(waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
    expect(waiting?.message).toMatch(
      /failed to pull and unpack image "docker.io\/library\/nginx:1.27": failed to extract layer sha256:[0-9a-f]{64}: .*: no space left on device/,
    )
  })

  test('takes no files', () => {
    const world = new World({ preset: 'default' })
    world.apply(pod('p', 'busybox:1.37', 'sleep 5; echo a > /tmp/x || echo full; dd if=/dev/zero of=/tmp/y bs=1M count=9; sleep 600'))
    world.advance(4_000)
    fill(world, '100%')
    world.advance(4_000)
    const id = status(world, 'p')!.containerStatuses![0]!.containerID!.replace('containerd://', '')
    const lines = world.fleet
      .handsOf('node-a')
      .logs.lines(id)
      .map((l) => l.text)
    expect(lines).toEqual(['sh: write error: No space left on device', 'full', "dd: error writing '/tmp/y': No space left on device"])
  })

  test('fuller than 85 %: images that nobody uses go, without pressure', () => {
    const session = new Session({ world: { preset: 'default' } })
    session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
    const { world } = session
    world.apply(pod('p', 'httpd:2.4'))
    world.apply(pod('q', 'nginx:1.27'))
    session.advance(130_000)
    session.run('kubectl delete pod p -n default')
    fill(world, '86%')
    session.advance(15_000)
    const { output } = session.run('ssh node-a crictl images')
    expect(output).not.toContain('httpd')
    expect(output).toContain('library/nginx')
    expect(condition(world, 'DiskPressure')).toBe('False')
    expect(session.run('kubectl get events -A').output).toContain('Failed to garbage collect required amount of images. Attempted to free')
  })

  test.each(['full', '101%'])('an amount that is none: %s', (amount) => {
    expect(() => fill(new World({ preset: 'default' }), amount)).toThrow('how full a disk is is an amount such as 100%')
  })
})
