/** A process that hangs: the kernel still accepts connections for it, so a tcpSocket probe is content; whoever waits for an answer waits in vain. */
import { expect, test } from 'vitest'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { World } from '../../src/cluster/world.ts'

const probed = (name: string, livenessProbe: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'nginx', image: 'nginx:1.27', livenessProbe: { periodSeconds: 2, ...livenessProbe } }],
    terminationGracePeriodSeconds: 1,
  },
})

test.each([
  ['tcpSocket', { tcpSocket: { port: 80 } }, 0],
  ['httpGet', { httpGet: { path: '/', port: 80 } }, 1],
])('a hanging process and a liveness probe by %s', (name, probe, restarts) => {
  const world = new World({ preset: 'default', seed: '1' })
  const pod = name.toLowerCase()
  world.apply(probed(pod, probe) as never)
  world.advance(20_000)
  const uid = world.cluster.read.get('pods', 'default', pod)!.metadata.uid!
  world.fleet.processes.hang(world.fleet.processes.ofPod(uid)[0]!, true)
  world.advance(30_000)
  const status = world.cluster.read.get('pods', 'default', pod) as { status?: { containerStatuses?: { restartCount: number }[] } }
  expect(status.status?.containerStatuses?.[0]?.restartCount).toBe(restarts)
})

test('a server that a shell started hangs with its container, and the container is restarted', () => {
  const world = new World({ preset: 'default', seed: '1' })
  const pod = probed('behind-a-shell', { httpGet: { path: '/', port: 80 } })
  Object.assign(pod.metadata, { labels: { app: 'web' } })
  Object.assign(pod.spec.containers[0]!, { command: ['sh', '-c', "exec nginx -g 'daemon off;'"] })
  world.apply(pod as never)
  world.advance(20_000)
  applyFault(world, { kind: 'hang', target: { pods: { app: 'web' } } })
  world.advance(30_000)
  expect(world.cluster.read.get('pods', 'default', 'behind-a-shell')!.status?.containerStatuses?.[0]?.restartCount).toBe(1)
})
