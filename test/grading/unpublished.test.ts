/** The `tcp` check's `unpublished`: every door of the cluster is tried from the office, and only those that lead to the pod count. */
import { expect, test } from 'vitest'
import { tcpCheck } from '../../src/grading/checks/reach.ts'
import type { CheckContext } from '../../src/grading/contract.ts'
import { Session } from '../../src/session/session.ts'

const pod = (name: string, ports: object[]): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27', ports }] },
})
const service = (type: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db', namespace: 'default' },
  spec: { type, selector: { app: 'db' }, ports: [{ port: 3307, targetPort: 80 }] },
})

function judge(...objects: object[]): { ok: boolean; observed: string } {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  for (const object of objects) session.world.apply(object as Parameters<typeof session.world.apply>[0])
  session.world.advance(30_000)
  const context = { session, namespace: 'default', nonce: 'n' } as unknown as CheckContext
  return tcpCheck.evaluate(tcpCheck.schema.parse({ unpublished: { pod: { app: 'db' } } }) as never, context)
}

test.each([
  ['ClusterIP', [pod('db', []), service('ClusterIP')], true],
  ['NodePort', [pod('db', []), service('NodePort')], false],
  ['LoadBalancer', [pod('db', []), service('LoadBalancer')], false],
  ['a host port', [pod('db', [{ containerPort: 80, hostPort: 8099 }])], false],
  ['the host port of another pod', [pod('db', []), pod('web', [{ containerPort: 80, hostPort: 8099 }])], true],
  ['no such pod', [service('NodePort')], false],
])('%s', (_, objects, ok) => {
  expect(judge(...objects)).toMatchObject({ ok })
})
