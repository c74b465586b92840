import { describe, expect, test } from 'vitest'
import facts from '../../src/api/generated/resources.json' with { type: 'json' }
import { validatingAdmissionPolicy } from '../../src/kinds/admissionregistration/validatingadmissionpolicy/index.ts'
import { eventsEvent } from '../../src/kinds/events/event/index.ts'
import { builtInKinds } from '../../src/kinds/index.ts'
import { podDisruptionBudget } from '../../src/kinds/policy/poddisruptionbudget/index.ts'
import { priorityClass } from '../../src/kinds/scheduling/priorityclass/index.ts'
import { storageClass } from '../../src/kinds/storage/storageclass/index.ts'
import { changeRefusals, contextOf, created, refusals, row } from './judge.ts'

test('every resource of the real API is there', () => {
  const have = new Set(builtInKinds.map((k) => `${k.resource}.${k.group === '' ? '' : `${k.group}/`}${k.version}`))
  expect(Object.keys(facts).filter((key) => !have.has(key))).toEqual([])
})
test.each(builtInKinds.map((k) => [`${k.group}/${k.version} ${k.kind}`, k] as const))('%s has a schema and stands once', (_name, kind) => {
  expect(kind.schema.properties).toHaveProperty('metadata')
  expect(builtInKinds.filter((k) => k.group === kind.group && k.version === kind.version && k.kind === kind.kind)).toHaveLength(1)
})

describe('a priority class', () => {
  test.each([
    [
      'too high',
      { metadata: { name: 'urgent' }, value: 2_000_000_000 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'a name that is not for users',
      { metadata: { name: 'system-mine' }, value: 5 },
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
      ],
    ],
    ["the system's own", { metadata: { name: 'system-node-critical' }, value: 2_000_001_000 }, []],
  ])('%s', (_name, manifest, expected) => expect(refusals(priorityClass, manifest)).toEqual(expected))
  test('keeps its value', () => {
    expect(changeRefusals(priorityClass, { value: 1000 }, { value: 2000 })).toEqual(['value: Forbidden: may not be changed in an update.'])
  })
  test('is described with annotations as they are', () => {
    const o = created(priorityClass, { metadata: { name: 'high', annotations: { b: '2', a: '1\n' } }, value: 7 })
    expect(priorityClass.describe!(o, contextOf())).toContain('Annotations:       a=1\n,b=2\nEvents:  <none>\n')
  })
})

describe('a storage class', () => {
  test('defaults and its name as the default', () => {
    const o = created(storageClass, {
      metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'a.io/nfs',
    })
    expect(o).toMatchObject({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })
    expect(row(storageClass, o)).toMatchObject({ Name: 'fast (default)', AllowVolumeExpansion: false })
  })
  test('keeps its provisioner', () => {
    expect(changeRefusals(storageClass, { provisioner: 'a.io/nfs' }, { provisioner: 'example.com/other' })).toEqual([
      'provisioner: Invalid value: "example.com/other": field is immutable',
    ])
  })
  test('needs one', () => expect(refusals(storageClass, {})).toEqual(['provisioner: Required value']))
})

describe('a disruption budget', () => {
  const selector = { matchLabels: { app: 'web' } }
  test.each([
    ['a share', { minAvailable: '50%', selector }, []],
    ['more than all', { maxUnavailable: '120%', selector }, ['spec.maxUnavailable: Invalid value: "120%": must not be greater than 100%']],
    [
      'both',
      { minAvailable: 1, maxUnavailable: 1 },
      [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
  ])('%s', (_name, spec, expected) => expect(refusals(podDisruptionBudget, { spec })).toEqual(expected))
  test('is described', () => {
    const o = created(podDisruptionBudget, { metadata: { name: 'web', namespace: 'lab' }, spec: { minAvailable: 2, selector } })
    expect(podDisruptionBudget.describe!(o, contextOf())).toBe(
      'Name:           web\nNamespace:      lab\nMin available:  2\nSelector:       app=web\nStatus:\n    Allowed disruptions:  0\n    Current:              0\n    Desired:              0\n    Total:                0\nEvents:                   <none>\n',
    )
  })
})

test('events.k8s.io sees the stored event under other names', () => {
  const stored = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    message: 'hello',
    involvedObject: { kind: 'Pod', name: 'p' },
    count: 2,
    source: { component: 'kubelet' },
  }
  const seen = eventsEvent.storedAs!.fromStored(stored)
  expect(seen).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e' },
    note: 'hello',
    regarding: { kind: 'Pod', name: 'p' },
    deprecatedCount: 2,
    deprecatedSource: { component: 'kubelet' },
  })
  expect(eventsEvent.storedAs!.toStored(seen)).toEqual(stored)
})

test('a policy whose CEL cannot be read is refused as cel-go words it', () => {
  const spec = {
    matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
    validations: [{ expression: 'object.spec.replicas =< 3' }],
  }
  expect(refusals(validatingAdmissionPolicy, { spec })).toEqual([
    [
      `spec.validations[0].expression: Invalid value: "object.spec.replicas =< 3": compilation failed: ERROR: <input>:1:22: Syntax error: token recognition error at: '=<'`,
      ' | object.spec.replicas =< 3',
      ' | .....................^',
      `ERROR: <input>:1:25: Syntax error: extraneous input '3' expecting <EOF>`,
      ' | object.spec.replicas =< 3',
      ' | ........................^',
    ].join('\n'),
  ])
})
