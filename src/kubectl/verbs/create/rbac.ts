/**
 * `create role|clusterrole|rolebinding|clusterrolebinding`.
 */
import { CommandError } from '../../errors.ts'
import type { VerbContext } from '../../verb.ts'
import { type Generator, parsePairs } from './generator.ts'

const GROUP = 'rbac.authorization.k8s.io'
const standardVerbs = new Set([
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  'approve',
  'sign',
  'attest',
])

interface NamedResource {
  readonly group: string
  readonly resource: string
}

/** `deployments.apps/scale` as group and resource; unknown names are refused as discovery refuses them. */
function parseResource(context: VerbContext, text: string): NamedResource {
  if (text === '*') return { group: '', resource: '*' }
  const slash = text.indexOf('/')
  const name = slash < 0 ? text : text.slice(0, slash)
  const sub = slash < 0 ? '' : text.slice(slash)
  if (name === '' || name.startsWith('.')) throw new CommandError('resource must be specified if apiGroup/subresource specified')
  const kind = context.kube.kinds.resolve(name)
  if (kind === undefined) {
    const dot = name.indexOf('.')
    const group = dot < 0 ? '' : name.slice(dot + 1)
    throw new CommandError(
      `the server doesn't have a resource type ${JSON.stringify(dot < 0 ? name : name.slice(0, dot))}${group === '' ? '' : ` in group ${JSON.stringify(group)}`}`,
      1,
      true,
    )
  }
  return { group: kind.group, resource: `${kind.resource}${sub === '/' ? '' : sub}` }
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]

function resourceRules(context: VerbContext, verbs: readonly string[]): unknown[] {
  const byGroup = new Map<string, string[]>()
  for (const text of context.flags.list('resource')) {
    const { group, resource } = parseResource(context, text)
    byGroup.set(group, [...(byGroup.get(group) ?? []), resource])
  }
  const names = unique(context.flags.list('resource-name'))
  return [...byGroup.keys()].sort().map((group) => ({
    apiGroups: [group],
    ...(names.length > 0 ? { resourceNames: names } : {}),
    resources: unique(byGroup.get(group)!),
    verbs: [...verbs],
  }))
}

function verbsOf(context: VerbContext): string[] {
  const given = unique(context.flags.list('verb'))
  return given.includes('*') ? ['*'] : given
}

function warnVerbs(context: VerbContext, verbs: readonly string[]): void {
  for (const verb of verbs) if (!standardVerbs.has(verb)) context.err(`Warning: '${verb}' is not a standard resource verb\n`)
}

const role: Generator = {
  path: 'kubectl create role',
  make(context, name) {
    const verbs = verbsOf(context)
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified')
    if (context.flags.list('resource').length === 0) throw new CommandError('at least one resource must be specified')
    warnVerbs(context, verbs)
    return { apiVersion: `${GROUP}/v1`, kind: 'Role', metadata: { name }, rules: resourceRules(context, verbs) }
  },
}

const clusterRole: Generator = {
  path: 'kubectl create clusterrole',
  make(context, name) {
    const { flags } = context
    const aggregation = flags.text('aggregation-rule')
    const verbs = verbsOf(context)
    const urls = unique(flags.list('non-resource-url'))
    if (aggregation !== '') {
      if (verbs.length + urls.length + flags.list('resource').length + flags.list('resource-name').length > 0)
        throw new CommandError('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
      return {
        apiVersion: `${GROUP}/v1`,
        kind: 'ClusterRole',
        metadata: { name },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: parsePairs(aggregation) }] },
        rules: null,
      }
    }
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified')
    if (flags.list('resource').length === 0 && urls.length === 0)
      throw new CommandError('one of resource or nonResourceURL must be specified')
    for (const url of urls) if (url !== '*' && !url.startsWith('/')) throw new CommandError('nonResourceURL should start with /')
    if (flags.list('resource').length > 0) warnVerbs(context, verbs)
    for (const verb of verbs) {
      const ok = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'].includes(verb)
      if (flags.list('resource').length === 0 && !ok) throw new CommandError(`invalid verb: '${verb}' for nonResourceURL`)
    }
    const rules = flags.list('resource').length > 0 ? resourceRules(context, verbs) : []
    if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs })
    return { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
  },
}

function subjects(context: VerbContext): unknown[] {
  const { flags } = context
  const out: unknown[] = flags.list('user').map((name) => ({ apiGroup: GROUP, kind: 'User', name }))
  out.push(...flags.list('group').map((name) => ({ apiGroup: GROUP, kind: 'Group', name })))
  for (const text of flags.list('serviceaccount')) {
    const parts = text.split(':')
    if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new CommandError('serviceaccount must be <namespace>:<name>')
    out.push({ kind: 'ServiceAccount', name: parts[1], namespace: parts[0] })
  }
  return out
}

const roleBinding: Generator = {
  path: 'kubectl create rolebinding',
  failure: 'failed to create rolebinding: ',
  make(context, name) {
    const clusterRoleName = context.flags.text('clusterrole')
    const roleName = context.flags.text('role')
    if ((clusterRoleName === '') === (roleName === '')) throw new CommandError('exactly one of clusterrole or role must be specified')
    const roleRef =
      roleName === '' ? { apiGroup: GROUP, kind: 'ClusterRole', name: clusterRoleName } : { apiGroup: GROUP, kind: 'Role', name: roleName }
    const list = subjects(context)
    return { apiVersion: `${GROUP}/v1`, kind: 'RoleBinding', metadata: { name }, roleRef, ...(list.length > 0 ? { subjects: list } : {}) }
  },
}

const clusterRoleBinding: Generator = {
  path: 'kubectl create clusterrolebinding',
  failure: 'failed to create clusterrolebinding: ',
  required: ['clusterrole'],
  make(context, name) {
    const list = subjects(context)
    const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: context.flags.text('clusterrole') }
    return {
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef,
      ...(list.length > 0 ? { subjects: list } : {}),
    }
  },
}

export const rbacGenerators: readonly Generator[] = [role, clusterRole, roleBinding, clusterRoleBinding]
