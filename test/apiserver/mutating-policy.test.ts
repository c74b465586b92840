/** MutatingAdmissionPolicy: what policies change, in which order and version, and how they refuse. */
import { describe, expect, test } from 'vitest'
import { deepFreeze } from '../../src/api/walk.ts'
import { mutatingAdmissionPolicy } from '../../src/apiserver/admission/mutating-admission-policy/index.ts'
import { validatingAdmissionPolicy } from '../../src/apiserver/admission/validating-admission-policy/index.ts'
import { builtInKinds } from '../../src/kinds/index.ts'
import { createWorld } from './world.ts'

const GROUP = 'admissionregistration.k8s.io'

interface Given {
  readonly name?: string
  readonly mutations: readonly string[]
  readonly spec?: object
  readonly binding?: object
}

const mutationOf = (expression: string): object =>
  expression.trim().startsWith('[')
    ? { patchType: 'JSONPatch', jsonPatch: { expression } }
    : { patchType: 'ApplyConfiguration', applyConfiguration: { expression } }

function world(...policies: readonly Given[]) {
  const w = createWorld({ kinds: builtInKinds, plugins: [mutatingAdmissionPolicy, validatingAdmissionPolicy] })
  w.ok('create', 'namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab', labels: { env: 'lab' } } } })
  for (const [i, { name = `p${i}`, mutations, spec, binding }] of policies.entries()) {
    w.ok('create', 'mutatingadmissionpolicies', {
      body: {
        apiVersion: `${GROUP}/v1`,
        kind: 'MutatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments', 'configmaps'] },
            ],
          },
          reinvocationPolicy: 'Never',
          mutations: mutations.map(mutationOf),
          ...spec,
        },
      },
    })
    w.ok('create', 'mutatingadmissionpolicybindings', {
      body: {
        apiVersion: `${GROUP}/v1`,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: `${name}-b` },
        spec: { policyName: name, ...binding },
      },
    })
  }
  return w
}

const deployment = (more: object = {}): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    ...more,
  },
})
const configMap = (data: Record<string, string> = {}): any => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data })

describe('an apply configuration', () => {
  test('sets fields, merges lists by key and keeps the rest', () => {
    const w = world({
      mutations: [
        'Object{spec: Object.spec{replicas: 3, template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "side", image: "busybox"}]}}}}',
      ],
    })
    const { spec } = w.ok('create', 'deployments', { body: deployment() })
    expect(spec.replicas).toBe(3)
    expect(spec.template.spec.containers.map((c: any) => [c.name, c.image, c.imagePullPolicy])).toEqual([
      ['side', 'busybox', 'Always'],
      ['c', 'nginx', 'Always'],
    ])
  })

  test('adds to a map and reads params, variables, namespaceObject and request', () => {
    const w = world({
      mutations: [
        'Object{metadata: Object.metadata{labels: {"team": params.data.team, "env": namespaceObject.metadata.labels.env, "by": request.userInfo.username, "v": variables.v}}}',
      ],
      spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, variables: [{ name: 'v', expression: '"1"' }] },
      binding: { paramRef: { name: 'teams', namespace: 'lab', parameterNotFoundAction: 'Deny' } },
    })
    expect(w.message('create', 'deployments', { body: deployment() })).toBe(
      "policy 'p0' with binding 'p0-b' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
    )
    w.store.write('configmaps', 'lab', 'teams', () =>
      deepFreeze({ ...configMap({ team: 'red' }), metadata: { name: 'teams', namespace: 'lab', resourceVersion: '1' } }),
    )
    expect(w.ok('create', 'deployments', { body: deployment() }).metadata.labels).toEqual({ team: 'red', env: 'lab', by: 'admin', v: '1' })
  })

  test.each([
    [
      'a field there is not',
      'Object{spec: Object.spec{replicasx: 1}}',
      'error applying patch: failed to convert patch object to typed object: .spec.replicasx: field not declared in schema',
    ],
    [
      'a literal of another type',
      'Object{spec: Object.specx{replicas: 1}}',
      'type mismatch: unexpected type name "Object.specx", expected "Object.spec", which matches field name path from root Object type',
    ],
    [
      'a list that is owned as one',
      'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "c", args: ["x"]}]}}}}',
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.template.spec.containers[0].args',
    ],
    [
      'what cannot be worked out',
      'Object{spec: Object.spec{replicas: object.spec.nope}}',
      "expression 'Object{spec: Object.spec{replicas: object.spec.nope}}' resulted in error: no such key: nope",
    ],
  ])('refuses %s', (_, expression, why) => {
    const answer = world({ mutations: [expression] }).ask('create', 'deployments', { body: deployment() })
    const message = `policy 'p0' with binding 'p0-b' denied request: ${why}`
    expect(answer).toMatchObject({ code: 403, body: { reason: 'Invalid', message, details: { name: 'web', causes: [{ message }] } } })
    const ignoring = world({ mutations: [expression], spec: { failurePolicy: 'Ignore' } })
    expect(ignoring.ask('create', 'deployments', { body: deployment() }).code).toBe(201)
  })
})

describe('a JSON patch', () => {
  test.each([
    ['adds', '[JSONPatch{op: "add", path: "/data/b", value: "2"}]', { a: '1', b: '2' }],
    ['escapes keys', '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("x.y"), value: object.data.a}]', { a: '1', 'x.y': '1' }],
    [
      'moves and removes',
      '[JSONPatch{op: "copy", from: "/data/a", path: "/data/b"}, JSONPatch{op: "remove", path: "/data/a"}]',
      { b: '1' },
    ],
    [
      'does nothing when a test does not hold',
      '[JSONPatch{op: "test", path: "/data/a", value: "9"}, JSONPatch{op: "remove", path: "/data/a"}]',
      { a: '1' },
    ],
    [
      'may be chosen by a condition',
      '["a", "z"].filter(k, k in object.data).map(k, JSONPatch{op: "replace", path: "/data/" + k, value: "9"})',
      { a: '9' },
    ],
  ])('%s', (_, expression, data) => {
    expect(world({ mutations: [expression] }).ok('create', 'configmaps', { body: configMap({ a: '1' }) }).data).toEqual(data)
  })

  test('a path that is not there refuses', () => {
    expect(
      world({ mutations: ['[JSONPatch{op: "remove", path: "/data/z"}]'] }).message('create', 'configmaps', { body: configMap({ a: '1' }) }),
    ).toBe(
      "policy 'p0' with binding 'p0-b' denied request: JSONPath: error in remove for path: '/data/z': Unable to remove nonexistent key: z: missing value",
    )
  })
})

describe('several policies', () => {
  const count = '[JSONPatch{op: "add", path: "/data/n", value: string(has(object.data.n) ? int(object.data.n) + 1 : 1)}]'
  test('see what those before them made', () => {
    const w = world(
      { mutations: ['[JSONPatch{op: "add", path: "/data/a", value: "1"}]'] },
      { mutations: ['[JSONPatch{op: "add", path: "/data/b", value: object.data.a}]'] },
    )
    expect(w.ok('create', 'configmaps', { body: configMap({ z: '0' }) }).data).toEqual({ z: '0', a: '1', b: '1' })
  })
  test.each([
    ['Never', '1'],
    ['IfNeeded', '2'],
  ])('reinvocation %s', (reinvocationPolicy, n) => {
    const w = world(
      { mutations: [count], spec: { reinvocationPolicy } },
      { mutations: ['[JSONPatch{op: "add", path: "/data/late", value: "1"}]'] },
    )
    expect(w.ok('create', 'configmaps', { body: configMap({ z: '0' }) }).data).toEqual({ z: '0', n, late: '1' })
  })
  test('conditions leave requests out', () => {
    const w = world({ mutations: [count], spec: { matchConditions: [{ name: 'x', expression: '"go" in object.data' }] } })
    expect(w.ok('create', 'configmaps', { body: configMap({ a: '1' }) }).data).toEqual({ a: '1' })
    expect(w.ok('update', 'configmaps', { name: 'm', body: configMap({ go: '1' }) }).data).toEqual({ go: '1', n: '1' })
  })
})

test.each([
  ['no reinvocationPolicy', { reinvocationPolicy: undefined }, 'spec.reinvocationPolicy: Required value'],
  [
    'an expression that cannot be read',
    { mutations: [mutationOf('Object{spec: ')] },
    'spec.mutations[0].applyConfiguration.expression: Invalid value',
  ],
  [
    'another patch type',
    { mutations: [{ patchType: 'Merge' }] },
    'spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"',
  ],
])('a policy with %s is refused', (_, spec, message) => {
  const answer = createWorld({ kinds: builtInKinds }).message('create', 'mutatingadmissionpolicies', {
    body: {
      apiVersion: `${GROUP}/v1`,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
        reinvocationPolicy: 'Never',
        mutations: [mutationOf('Object{}')],
        ...spec,
      },
    },
  })
  expect(answer).toContain(message)
})
