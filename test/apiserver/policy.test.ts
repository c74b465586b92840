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
