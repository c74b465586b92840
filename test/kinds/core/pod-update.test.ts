/** What may change in a pod, and the difference shown for everything else. */
import { expect, test } from 'vitest'
import { fieldErrorText } from '../../../src/api/errors.ts'
import { pod } from '../../../src/kinds/core/pod/index.ts'
import { emptyContext } from './support.ts'

const base = {
  terminationGracePeriodSeconds: 30,
  tolerations: [{ key: 'a', operator: 'Exists' }],
  containers: [{ name: 'main', image: 'busybox', resources: { requests: { cpu: '6', memory: '256Mi' } } }],
}

function objectOf(spec: object): never {
  const object = structuredClone({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }) as never
  pod.setDefaults?.(object)
  return object
}

const errorsOf = (next: object, previous: object = base): string[] =>
  (pod.validateUpdate?.(objectOf(next), objectOf(previous), emptyContext()) ?? []).map(fieldErrorText)

const only =
  'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

test('a changed request is shown in the internal form', () => {
  const next = { ...base, containers: [{ ...base.containers[0], resources: { requests: { cpu: '2', memory: '256Mi' } } }] }
  expect(errorsOf(next)).toEqual([
    `${only}
@@ -14,7 +14,7 @@
    "Resources": {
     "Limits": null,
     "Requests": {
-     "cpu": "6",
+     "cpu": "2",
      "memory": "256Mi"
     },
     "Claims": null
`,
  ])
})

test('a change of the first field shows what stands around it', () => {
  const [error] = errorsOf({ ...base, nodeName: 'node-b' }, { ...base, nodeName: 'node-a' })
  expect(error).toContain('- "NodeName": "node-a",\n+ "NodeName": "node-b",')
  expect(error).toContain(' "ServiceAccountName": "",\n  "AutomountServiceAccountToken": null,')
})

const rows: [name: string, next: object, previous: object, errors: string[]][] = [
  ['another image', { ...base, containers: [{ ...base.containers[0], image: 'redis' }] }, base, []],
  ['one more toleration', { ...base, tolerations: [...base.tolerations, { key: 'b', operator: 'Exists' }] }, base, []],
  [
    'a toleration less',
    { ...base, tolerations: [] },
    base,
    ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ],
  ['a first deadline', { ...base, activeDeadlineSeconds: 60 }, base, []],
  [
    'a longer deadline',
    { ...base, activeDeadlineSeconds: 60 },
    { ...base, activeDeadlineSeconds: 10 },
    ['spec.activeDeadlineSeconds: Invalid value: 60: must be less than or equal to previous value'],
  ],
  [
    'no deadline any more',
    base,
    { ...base, activeDeadlineSeconds: 10 },
    ['spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value'],
  ],
  [
    'one more container',
    { ...base, containers: [...base.containers, { name: 'b', image: 'i' }] },
    base,
    ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  ],
  ['a gate less', { ...base, schedulingGates: [{ name: 'b' }] }, { ...base, schedulingGates: [{ name: 'a' }, { name: 'b' }] }, []],
  [
    'a new gate',
    { ...base, schedulingGates: [{ name: 'a' }, { name: 'example.com/late' }] },
    { ...base, schedulingGates: [{ name: 'a' }] },
    ["spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'example.com/late'"],
  ],
]

test.each(rows)('%s', (_, next, previous, errors) => {
  expect(errorsOf(next, previous)).toEqual(errors)
})

test.each([
  ['on its node', { nodeName: 'n' }, {}, undefined, 30],
  ['without a node', {}, {}, undefined, 0],
  ['that has ended', { nodeName: 'n' }, { phase: 'Succeeded' }, 20, 0],
  ['with a wish', { nodeName: 'n' }, {}, 5, 5],
  ['with a negative wish', { nodeName: 'n' }, {}, -1, 1],
])('grace period of a pod %s', (_, spec, status, requested, seconds) => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...base, ...spec }, status }
  expect(pod.gracefulDeletion?.(object as never, requested)).toBe(seconds)
})
