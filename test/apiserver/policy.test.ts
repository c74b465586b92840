import { expect, test } from 'vitest'
import { defineKind } from '../../src/api/define-kind.ts'
import { validatingAdmissionPolicy } from '../../src/apiserver/admission/validating-admission-policy/index.ts'
import { createWorld, kinds } from './world.ts'

const GROUP = 'admissionregistration.k8s.io'
const plain = (kind: string, ...columns: string[]) =>
  defineKind({ group: GROUP, version: 'v1', kind, cells: Object.fromEntries(columns.map((n) => [n, () => ''])) })
const policies = [
  plain('ValidatingAdmissionPolicy', 'Validations', 'ParamKind'),
  plain('ValidatingAdmissionPolicyBinding', 'PolicyName', 'ParamRef'),
]

const world = (spec: object = {}, binding: object = {}) => {
  const w = createWorld({ kinds: [...kinds, ...policies], plugins: [validatingAdmissionPolicy] })
  w.ok('create', 'namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab', labels: { env: 'lab' } } } })
  const policy = {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }],
    },
    validations: [
      { expression: 'object.spec.replicas <= 3', messageExpression: "'at most 3 replicas, not ' + string(object.spec.replicas)" },
      { expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", message: 'every Deployment needs a team label' },
    ],
    ...spec,
  }
  w.ok('create', 'validatingadmissionpolicies', {
    body: { apiVersion: `${GROUP}/v1`, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'few' }, spec: policy },
  })
  const bound = {
    policyName: 'few',
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { env: 'lab' } } },
    ...binding,
  }
  w.ok('create', 'validatingadmissionpolicybindings', {
    body: { apiVersion: `${GROUP}/v1`, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'few-lab' }, spec: bound },
  })
  return w
}
const deployment = (replicas: number, labels?: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...(labels && { labels }) },
  spec: { replicas, selector: { matchLabels: { a: 'b' } }, template: {} },
})

test.each([
  ['too many', deployment(5, { team: 'red' }), 'at most 3 replicas, not 5'],
  ['no team', deployment(2), 'every Deployment needs a team label'],
])('denied: %s', (_name, body, text) => {
  const answer = world().ask('create', 'deployments', { body })
  const message = `ValidatingAdmissionPolicy 'few' with binding 'few-lab' denied request: ${text}`
  expect(answer).toMatchObject({
    code: 422,
    body: { reason: 'Invalid', message: `deployments.apps "web" is forbidden: ${message}`, details: { causes: [{ message }] } },
  })
})

test('scaling goes past a rule on deployments', () => {
  const w = world()
  w.ok('create', 'deployments', { body: deployment(2, { team: 'red' }) })
  expect(
    w.ask('patch', 'deployments', { name: 'web', subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 9 } } }).code,
  ).toBe(200)
})

test.each([
  [
    'a warning only',
    {},
    { validationActions: ['Warn'] },
    ["Validation failed for ValidatingAdmissionPolicy 'few' with binding 'few-lab': at most 3 replicas, not 5"],
  ],
  ['another namespace', {}, { matchResources: { namespaceSelector: { matchLabels: { env: 'other' } } } }, []],
  ['a condition that leaves it out', { matchConditions: [{ name: 'x', expression: "request.userInfo.username != 'admin'" }] }, {}, []],
  [
    'a variable that allows it',
    { variables: [{ name: 'max', expression: '10' }], validations: [{ expression: 'object.spec.replicas <= variables.max' }] },
    {},
    [],
  ],
  ['an error where failures are ignored', { failurePolicy: 'Ignore', validations: [{ expression: 'object.spec.nope > 1' }] }, {}, []],
])('let in: %s', (_name, spec, binding, warnings) => {
  const answer = world(spec, binding).ask('create', 'deployments', { body: deployment(5, { team: 'red' }) })
  expect(answer.code).toBe(201)
  expect(answer.warnings).toEqual(warnings)
})

test('an expression that fails denies', () => {
  const w = world({ validations: [{ expression: 'object.spec.nope > 1' }] })
  expect(w.message('create', 'deployments', { body: deployment(1, { team: 'red' }) })).toContain(
    "expression 'object.spec.nope > 1' resulted in error: ",
  )
})

test('a rule on the scale subresource sees a Scale', () => {
  const rules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] }]
  const w = world({
    matchConstraints: { resourceRules: rules },
    validations: [
      { expression: "object.kind == 'Scale' && request.kind.kind == 'Scale' && object.spec.replicas <= 3", message: 'at most 3' },
    ],
  })
  w.ok('create', 'deployments', { body: deployment(2, { team: 'red' }) })
  const scaled = (replicas: number): string =>
    w.message('patch', 'deployments', { name: 'web', subresource: 'scale', patchType: 'merge', body: { spec: { replicas } } })
  expect(scaled(3)).toBe('ok 200')
  expect(scaled(4)).toContain("ValidatingAdmissionPolicy 'few' with binding 'few-lab' denied request: at most 3")
})

test.each([
  [
    'what the user may do',
    { validations: [{ expression: "authorizer.group('apps').resource('deployments').check('get').allowed()" }] },
    'ok 201',
  ],
  ['the namespace', { validations: [{ expression: "namespaceObject.metadata.labels.env == 'lab'" }] }, 'ok 201'],
  [
    'a condition that is false though another fails',
    {
      matchConditions: [
        { name: 'a', expression: 'object.nope' },
        { name: 'b', expression: 'false' },
      ],
    },
    'ok 201',
  ],
  [
    'a condition that fails',
    { matchConditions: [{ name: 'a', expression: 'object.nope == 1' }] },
    "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few-lab' denied request: expression 'object.nope == 1' resulted in error: no such key: nope",
  ],
  [
    'a message of several lines',
    { validations: [{ expression: 'false', messageExpression: '"a\\nb"', message: ' plain ' }] },
    "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few-lab' denied request: plain",
  ],
  [
    'an annotation that is no text',
    { validations: [], auditAnnotations: [{ key: 'a', valueExpression: 'object.nope' }] },
    "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few-lab' denied request: expression 'object.nope' resulted in error: no such key: nope",
  ],
  [
    'parameters of a kind there is not',
    { paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' } },
    "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'",
  ],
])('%s', (_name, spec, expected) => {
  const w = world(spec, {
    matchResources: undefined,
    ...('paramKind' in spec && { paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } }),
  })
  expect(w.message('create', 'deployments', { body: deployment(1, { team: 'red' }) })).toBe(expected)
})

test.each([
  ['named', { name: 'most', namespace: 'lab' }, 'at most 2'],
  ['selected', { selector: { matchLabels: { use: 'yes' } } }, 'at most 2'],
  [
    'absent, which denies',
    { name: 'nope', namespace: 'lab', parameterNotFoundAction: 'Deny' },
    'failed to configure binding: no params found',
  ],
  ['absent, which allows', { name: 'nope', namespace: 'lab', parameterNotFoundAction: 'Allow' }, 'ok 201'],
])('parameters %s', (_name, paramRef, expected) => {
  const w = world(
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: 'object.spec.replicas <= int(params.data.most)', messageExpression: "'at most ' + params.data.most" }],
    },
    { paramRef },
  )
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'most', labels: { use: 'yes' } }, data: { most: '2' } }
  w.ok('create', 'configmaps', { body })
  expect(w.message('create', 'deployments', { body: deployment(3, { team: 'red' }) })).toContain(expected)
})
