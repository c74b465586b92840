/** What a container leaves behind when it ends, and pods that ask a node for a port that is taken. */
import { expect, test } from 'vitest'
import { World } from '../../src/cluster/world.ts'

const pod = (name: string, spec: object): never =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { restartPolicy: 'Never', ...spec } }) as never
const status = (world: World, name: string) => world.cluster.read.get('pods', 'default', name)?.status

test.each<[string, string, object, string | undefined]>([
  ['a file', 'echo out; echo why > /dev/termination-log; exit 3', {}, 'why\n'],
  ['a file of another name', 'echo why > /tmp/end; exit 3', { terminationMessagePath: '/tmp/end' }, 'why\n'],
  ['no file', 'echo out; exit 3', {}, undefined],
  ['the log instead', 'echo out; exit 3', { terminationMessagePolicy: 'FallbackToLogsOnError' }, 'out\n'],
  ['no log of a good end', 'echo out', { terminationMessagePolicy: 'FallbackToLogsOnError' }, undefined],
])('the message of the end: %s', (_name, script, more, message) => {
  const world = new World({ preset: 'default' })
  world.apply(pod('p', { containers: [{ name: 'c', image: 'busybox:1.37', command: ['sh', '-c', script], ...more }] }))
  world.advance(20_000)
  expect(status(world, 'p')?.containerStatuses?.[0]?.state?.terminated?.message).toBe(message)
})

test('a port of the machine that is taken', () => {
  const world = new World({ preset: 'default' })
  const spec = { nodeName: 'node-a', containers: [{ name: 'c', image: 'nginx:1.29', ports: [{ containerPort: 80, hostPort: 8080 }] }] }
  world.apply(pod('first', spec))
  world.advance(5_000)
  world.apply(pod('second', spec))
  world.advance(5_000)
  expect(status(world, 'second')).toMatchObject({ phase: 'Failed', reason: 'NodePorts' })
})
