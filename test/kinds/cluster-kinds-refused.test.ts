/** What the API refuses of the cluster's own kinds, and of their updates. */
import { expect, test } from 'vitest'
import { builtInKinds } from '../../src/kinds/index.ts'
import { createWorld } from '../apiserver/world.ts'

const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'o' }, handler: 'runsc' }
const csiNode = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: { name: 'o' },
  spec: { drivers: [{ name: 'a.io', nodeID: 'x' }] },
}
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'o' }, spec: { podCIDR: '10.9.0.0/24' } }
const twice = [
  { key: 'a', operator: 'Exists' },
  { key: 'a', operator: 'Exists' },
]

const refused = [
  [
    'runtimeclasses',
    runtimeClass,
    { overhead: { podFixed: { cpu: '-1' } } },
    'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ],
  [
    'runtimeclasses',
    runtimeClass,
    { scheduling: { tolerations: twice } },
    'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
  ],
  [
    'csinodes',
    csiNode,
    { spec: { drivers: [{ name: 'a.io', nodeID: 'y' }] } },
    'spec.drivers: Invalid value: {"Name":"a.io","NodeID":"y","TopologyKeys":null,"Allocatable":null}: field is immutable',
  ],
  [
    'nodes',
    node,
    { spec: { podCIDR: '10.8.0.0/24' } },
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
  ],
] as const

test.each(refused)('%s %#', (resource, object, body, message) => {
  const w = createWorld({ kinds: builtInKinds })
  w.ok('create', resource, { body: structuredClone(object) })
  expect(w.message('patch', resource, { name: 'o', patchType: 'merge', body })).toContain(`"o" is invalid: ${message}`)
})

test('how many volumes a driver takes may change', () => {
  const w = createWorld({ kinds: builtInKinds })
  w.ok('create', 'csinodes', { body: structuredClone(csiNode) })
  const body = { spec: { drivers: [{ name: 'a.io', nodeID: 'x', allocatable: { count: 3 } }] } }
  expect(w.ok('patch', 'csinodes', { name: 'o', patchType: 'merge', body }).spec).toEqual(body.spec)
})

test('what stands in no namespace loses the one it names', () => {
  const w = createWorld({ kinds: builtInKinds })
  const body = { ...structuredClone(runtimeClass), metadata: { name: 'o', namespace: 'lab' } }
  expect(w.ok('create', 'runtimeclasses', { body }).metadata).not.toHaveProperty('namespace')
})
