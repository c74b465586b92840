import { describe, expect, test } from 'vitest'
import { clusterRole } from '../../../src/kinds/rbac/clusterrole/index.ts'
import { clusterRoleBinding } from '../../../src/kinds/rbac/clusterrolebinding/index.ts'
import { role } from '../../../src/kinds/rbac/role/index.ts'
import { roleBinding } from '../../../src/kinds/rbac/rolebinding/index.ts'
import { ruleRows } from '../../../src/kinds/rbac/rules.ts'
import { changeRefusals, created, refusals, row } from '../judge.ts'

const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]

test.each([
  [
    'no group',
    role,
    { rules: [{ resources: ['pods'], verbs: ['get'] }] },
    ['rules[0].apiGroups: Required value: resource rules must supply at least one api group'],
  ],
  [
    'no verb',
    role,
    { rules: [{ apiGroups: [''], resources: ['pods'] }] },
    ['rules[0].verbs: Required value: verbs must contain at least one value'],
  ],
  [
    'URLs in a namespace',
    role,
    { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
    ['rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  ['URLs in the cluster', clusterRole, { rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] }, []],
  [
    'aggregating nothing',
    clusterRole,
    { aggregationRule: {} },
    ['aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil'],
  ],
])('a role with %s', (_name, kind, manifest, expected) => expect(refusals(kind, manifest)).toEqual(expected))

describe('a binding', () => {
  const roleRef = { kind: 'Role', name: 'reader' }
  test.each([
    [
      'good',
      roleBinding,
      {
        roleRef,
        subjects: [
          { kind: 'User', name: 'dev' },
          { kind: 'ServiceAccount', name: 'ci', namespace: 'lab' },
        ],
      },
      [],
    ],
    ['a nameless role', roleBinding, { roleRef: { kind: 'Role' } }, ['roleRef.name: Required value']],
    [
      'a role with a percent sign',
      roleBinding,
      { roleRef: { kind: 'Role', name: '200%' } },
      [`roleRef.name: Invalid value: "200%": may not contain '%'`],
    ],
    [
      'strange subjects',
      roleBinding,
      {
        roleRef,
        subjects: [
          { kind: 'User', name: 'dev', apiGroup: 'Sometimes' },
          { kind: 'Robot', name: 'r' },
        ],
      },
      [
        'subjects[0].apiGroup: Unsupported value: "Sometimes": supported values: "rbac.authorization.k8s.io"',
        'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
    [
      'of the cluster to a role',
      clusterRoleBinding,
      { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'ci' }] },
      ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"', 'subjects[0].namespace: Required value'],
    ],
  ])('%s', (_name, kind, manifest, expected) => expect(refusals(kind, manifest)).toEqual(expected))
  test('keeps its role', () => {
    expect(
      changeRefusals(roleBinding, { roleRef }, { roleRef: { ...roleRef, name: 'other', apiGroup: 'rbac.authorization.k8s.io' } }),
    ).toEqual(['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"other"}: cannot change roleRef'])
  })
  test('cells', () => {
    const o = created(roleBinding, {
      metadata: { name: 'b' },
      roleRef,
      subjects: [
        { kind: 'User', name: 'ann' },
        { kind: 'User', name: 'bob' },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'lab' },
      ],
    })
    expect(row(roleBinding, o)).toMatchObject({ Role: 'Role/reader', Users: 'ann, bob', Groups: '', ServiceAccounts: 'lab/ci' })
  })
})

test('rules are described one resource a row, verbs of a resource together', () => {
  const many = [
    { apiGroups: ['', 'apps'], resources: ['pods', 'deployments/scale'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods'], resourceNames: ['web'], verbs: ['delete'] },
  ]
  expect(ruleRows(many)).toEqual([
    ['pods', '[]', '[web]', '[delete]'],
    ['pods', '[]', '[]', '[get list]'],
    ['deployments/scale', '[]', '[]', '[get]'],
    ['deployments.apps/scale', '[]', '[]', '[get]'],
    ['pods.apps', '[]', '[]', '[get]'],
  ])
})
test('a role without rules says so', () => expect(created(role, {})['rules']).toBeNull())
test('names need only fit a path', () => expect(role.nameRule!('system:node')).toEqual([]))
test('a good role', () => expect(refusals(role, { rules })).toEqual([]))
