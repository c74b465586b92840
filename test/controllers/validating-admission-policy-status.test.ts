/** What the status of a ValidatingAdmissionPolicy tells of its expressions. */
import { expect, test } from 'vitest'
import type { ValidatingAdmissionPolicy } from '../../src/api/generated/types/admissionregistration-v1.ts'
import { World } from '../../src/cluster/world.ts'
import { expressionWarnings } from '../../src/controllers/validating-admission-policy-status/plan.ts'

const policy = (expression: string, resources: readonly string[] = ['deployments'], more: object = {}): ValidatingAdmissionPolicy =>
  ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources }] },
      validations: [{ expression, ...more }],
    },
  }) as never

const undefinedField = (kind: string, column: number, field: string, text: string): string =>
  `apps/v1, Kind=${kind}: ERROR: <input>:1:${column}: undefined field '${field}'\n | ${text}\n | ${'.'.repeat(column - 1)}^\n`

test.each([
  ['all there', 'object.spec.replicas <= 3', []],
  ['labels may be anything', "has(object.metadata.labels) && object.metadata.labels.team == 'red'", []],
  ['a field that is not there', 'object.replicas > 1', [undefinedField('Deployment', 7, 'replicas', 'object.replicas > 1')]],
  ['deep down', 'oldObject.spec.template.sepc == null', [undefinedField('Deployment', 24, 'sepc', 'oldObject.spec.template.sepc == null')]],
  [
    'within a macro',
    'object.spec.template.spec.containers.all(c, c.image != "" || object.x)',
    [undefinedField('Deployment', 68, 'x', 'object.spec.template.spec.containers.all(c, c.image != "" || object.x)')],
  ],
  ['other variables', 'params.x == variables.y', []],
])('%s', (_, expression, warnings) => {
  expect(expressionWarnings(policy(expression)).map((w) => w.warning)).toEqual(warnings)
})

test('each kind is told of; kinds by a star are not looked at', () => {
  const text = 'object.spec.replicas > 1'
  expect(expressionWarnings(policy(text, ['deployments', 'daemonsets']))).toEqual([
    { fieldRef: 'spec.validations[0].expression', warning: undefinedField('DaemonSet', 12, 'replicas', text) },
  ])
  expect(expressionWarnings(policy('object.nope', ['*']))).toEqual([])
  expect(expressionWarnings(policy(text, ['deployments'], { messageExpression: 'object.nope' }))[0]?.fieldRef).toBe(
    'spec.validations[0].messageExpression',
  )
})

test('the status says it', () => {
  const world = new World({ preset: 'bare', seed: 'vap' })
  world.apply(policy('object.replicas > 1') as never)
  world.advance(1_000)
  const { status } = world.cluster.read.get(
    'validatingadmissionpolicies.admissionregistration.k8s.io',
    undefined,
    'p',
  ) as ValidatingAdmissionPolicy
  expect(status?.observedGeneration).toBe(1)
  expect(status?.typeChecking?.expressionWarnings?.length).toBe(1)
})
