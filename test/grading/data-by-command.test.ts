/** The `data` check with commands in a pod instead of requests: what is not in a volume is lost with the pod, `{{i}}` tells the keys apart. */
import { expect, test } from 'vitest'
import { dataCheck } from '../../src/grading/checks/data.ts'
import type { CheckContext } from '../../src/grading/contract.ts'
import { Session } from '../../src/session/session.ts'

const exec = (command: string): object => ({ exec: { pod: { app: 'note' }, command } })

function judge(volume: object): { ok: boolean; observed: string } {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  const apply = (object: object): unknown => session.world.apply(object as Parameters<typeof session.world.apply>[0])
  apply({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'note', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const template = {
    metadata: { labels: { app: 'note' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'], volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      volumes: [{ name: 'v', ...volume }],
    },
  }
  apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'note', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'note' } }, template },
  })
  session.world.advance(30_000)
  const spec = dataCheck.schema.parse({
    write: { ...exec('echo {{key}} > /v/{{i}}'), keys: 3 },
    then: [{ run: 'kubectl delete pods --all --wait=false' }, { wait: '15s' }],
    read: exec('cat /v/{{i}}'),
    within: '5s',
  })
  const context = { session, namespace: 'default', nonce: 'n', check: { id: 'c' } } as unknown as CheckContext
  return dataCheck.evaluate(spec as never, context)
}

test.each([
  ['a claim', { persistentVolumeClaim: { claimName: 'note' } }, true],
  ['an emptyDir', { emptyDir: {} }, false],
])('%s', (_, volume, ok) => {
  expect(judge(volume)).toMatchObject({ ok })
})
