import { expect, test } from 'vitest'
import { builtInKinds } from '../../src/kinds/index.ts'
import { cm, createWorld } from './world.ts'

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'backups.lab.example.com' },
  spec: {
    group: 'lab.example.com',
    scope: 'Namespaced',
    names: { kind: 'Backup', plural: 'backups', shortNames: ['bk'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { target: { type: 'string' } } } } },
        },
      },
    ],
  },
}
const backup = (name: unknown) => ({
  apiVersion: 'lab.example.com/v1',
  kind: 'Backup',
  metadata: { name },
  spec: { target: 'db', extra: 1 },
})

test('a definition adds a kind, and a rewind takes it away', () => {
  const w = createWorld({ kinds: builtInKinds })
  const mark = w.store.mark()
  w.ok('create', 'customresourcedefinitions', { body: crd })
  expect(w.registry.resolve('bk')?.kind).toBe('Backup')
  expect(w.ok('create', 'backups', { body: backup('b') }).spec).toEqual({ target: 'db' })
  expect(w.message('create', 'backups', { body: backup(5) })).toContain(
    'cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
  )
  w.store.rewind(mark)
  expect(w.registry.resolve('bk')).toBeUndefined()
})

test('a namesake made at once has another uid', () => {
  const w = createWorld()
  const first = w.ok('create', 'configmaps', { body: cm('a') }).metadata.uid
  w.ok('delete', 'configmaps', { name: 'a' })
  expect(w.ok('create', 'configmaps', { body: cm('a') }).metadata.uid).not.toBe(first)
})

test('another version of a kind is the same objects', () => {
  const w = createWorld({ kinds: builtInKinds })
  const v1 = { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers', namespace: 'lab' }
  const spec = {
    minReplicas: 1,
    maxReplicas: 3,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    targetCPUUtilizationPercentage: 50,
  }
  const made = w.ok('create', 'hpa', {
    ...v1,
    body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec },
  })
  expect(made).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50 } })
  const stored = w.ok('get', 'hpa', { name: 'h' })
  expect(stored.apiVersion).toBe('autoscaling/v2')
  expect(stored.spec.metrics[0].resource).toMatchObject({ name: 'cpu', target: { averageUtilization: 50 } })
})
