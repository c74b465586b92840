/** The containers of a pod share one network: who comes second to a port does not get it, says so and ends. */
import { expect, test } from 'vitest'
import { World } from '../../src/cluster/world.ts'

const HELLO = 'us-docker.pkg.dev/google-samples/containers/gke/hello-app'

test.each([
  ['hello-app', `${HELLO}:1.0`, `${HELLO}:2.0`, /listen tcp :8080: bind: address already in use/],
  ['nginx', 'nginx:1.27', 'nginx:1.27', /nginx: \[emerg\] bind\(\) to 0\.0\.0\.0:80 failed \(98: Address already in use\)/],
  ['apache', 'nginx:1.27', 'httpd:2.4', /\(98\)Address already in use: AH00072: make_sock: could not bind to address \[::\]:80/],
])('%s', (_, first, second, says) => {
  const world = new World({ preset: 'default', seed: '1' })
  const containers = [
    { name: 'a', image: first },
    { name: 'b', image: second },
  ]
  world.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { containers } } as never)
  world.advance(40_000)
  const pod = world.cluster.read.get('pods', 'default', 'p') as {
    status?: { containerStatuses?: { name: string; ready: boolean; restartCount: number }[] }
  }
  const statuses = pod.status?.containerStatuses ?? []
  expect(statuses.map((s) => [s.name, s.ready, s.restartCount > 0])).toEqual([
    ['a', true, false],
    ['b', false, true],
  ])
  const log = world.handle({
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: 'log',
    namespace: 'default',
    name: 'p',
    query: { options: { container: 'b' } },
    user: { name: 'kubernetes-admin', groups: ['system:masters'] },
  } as never)
  expect(typeof log.body === 'string' ? log.body : JSON.stringify(log)).toMatch(says)
})
