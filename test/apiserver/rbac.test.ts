import { describe, expect, test } from 'vitest'
import { covers, ruleAllows } from '../../src/apiserver/authorization/rules.ts'
import { cm, createWorld, dev } from './world.ts'

const role = (name: string, rules: object[], kind = 'Role') => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  rules,
})
const binding = (name: string, ref: string, user = 'dev', kind = 'RoleBinding') => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: ref.includes('/') ? 'ClusterRole' : 'Role', name: ref.replace('/', '') },
  subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
})

describe('rules', () => {
  const rule = { apiGroups: ['', 'apps'], resources: ['pods', 'deployments/scale', '*/status'], verbs: ['get', 'list'] }
  test.each([
    ['named', { verb: 'get', group: '', resource: 'pods' }, true],
    ['other verb', { verb: 'delete', group: '', resource: 'pods' }, false],
    ['other group', { verb: 'get', group: 'batch', resource: 'pods' }, false],
    ['a subresource is not its resource', { verb: 'get', group: '', resource: 'pods', subresource: 'log' }, false],
    ['its own subresource', { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale' }, true],
    ['any status', { verb: 'get', group: '', resource: 'nodes', subresource: 'status' }, true],
  ])('%s', (_name, attributes, allowed) => expect(ruleAllows(rule, attributes)).toBe(allowed))

  test('names narrow a rule', () => {
    const one = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['a'] }
    expect(ruleAllows(one, { verb: 'get', group: '', resource: 'configmaps', name: 'a' })).toBe(true)
    expect(ruleAllows(one, { verb: 'get', group: '', resource: 'configmaps', name: 'b' })).toBe(false)
    expect(covers(one, { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] })).toBe(false)
  })

  test('paths', () => {
    expect(ruleAllows({ nonResourceURLs: ['/api/*'], verbs: ['get'] }, { verb: 'get', group: '', resource: '', path: '/api/v1' })).toBe(
      true,
    )
    expect(ruleAllows({ nonResourceURLs: ['/api'], verbs: ['get'] }, { verb: 'get', group: '', resource: '', path: '/api/v1' })).toBe(false)
  })
})

describe('a user with a role', () => {
  const w = createWorld()
  w.ok('create', 'roles', { body: role('reader', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }]) })
  w.ok('create', 'rolebindings', { body: binding('b', 'reader') })
  test.each([
    ['may list here', 'list', {}, 'ok 200'],
    [
      'not elsewhere',
      'list',
      { namespace: 'default' },
      'configmaps is forbidden: User "dev" cannot list resource "configmaps" in API group "" in the namespace "default"',
    ],
    [
      'not everywhere',
      'list',
      { namespace: undefined },
      'configmaps is forbidden: User "dev" cannot list resource "configmaps" in API group "" at the cluster scope',
    ],
    [
      'may not create',
      'create',
      { body: cm('x') },
      'configmaps is forbidden: User "dev" cannot create resource "configmaps" in API group "" in the namespace "lab"',
    ],
  ] as const)('%s', (_name, verb, rest, text) => expect(w.message(verb, 'configmaps', { user: dev, ...(rest as object) })).toBe(text))
})

test('nobody hands out more than they have', () => {
  const w = createWorld()
  const rbac = ['roles', 'rolebindings']
  w.ok('create', 'roles', { body: role('maker', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: rbac, verbs: ['create'] }]) })
  w.ok('create', 'rolebindings', { body: binding('maker', 'maker') })
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }]
  expect(w.message('create', 'roles', { user: dev, body: role('grab', rules) })).toBe(
    'roles.rbac.authorization.k8s.io "grab" is forbidden: user "dev" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
  )
  w.ok('create', 'roles', { body: role('reader', rules) })
  expect(w.message('create', 'rolebindings', { user: dev, body: binding('spread', 'reader', 'eve') })).toContain('not currently held')
  w.ok('create', 'rolebindings', { body: binding('given', 'reader') })
  expect(w.ask('create', 'rolebindings', { user: dev, body: binding('spread', 'reader', 'eve') }).code).toBe(201)
})
