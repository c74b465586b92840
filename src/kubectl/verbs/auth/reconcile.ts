/**
 * `kubectl auth reconcile`: roles and bindings brought to what a file says, their namespaces made where they are missing.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { deepEqual } from '../../../api/walk.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'

const reconcilable = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'])

/** Rules and subjects of both, those of the file first unless extras are to go. */
function merged(context: VerbContext, live: ApiObject, wanted: ApiObject): ApiObject {
  const field = wanted.rules === undefined ? 'subjects' : 'rules'
  const keepExtra = !(field === 'rules' ? context.flags.bool('remove-extra-permissions') : context.flags.bool('remove-extra-subjects'))
  const before = (live[field] ?? []) as unknown[]
  const mine = (wanted[field] ?? []) as unknown[]
  const list = keepExtra ? [...before, ...mine.filter((item) => !before.some((b) => deepEqual(b, item)))] : mine
  return { ...live, [field]: list }
}

/** Reconciling makes the namespace an object is to be in. */
function ensureNamespace(context: VerbContext, name: string): void {
  const kind = context.kube.kinds.byStoreName('namespaces')!
  if (context.kube.find(kind, undefined, name) !== undefined) return
  context.kube.create(kind, undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { query: writeQuery(context) })
}

function write(context: VerbContext, info: Info, live: ApiObject | undefined, next: ApiObject): ApiObject {
  const query = writeQuery(context)
  if (live === undefined) {
    if (info.namespace !== undefined) ensureNamespace(context, info.namespace)
    return context.kube.create(info.kind, info.namespace, next, { query })
  }
  return deepEqual(next, live) ? live : context.kube.update(info.kind, info.namespace, info.name, next, { query })
}

const goStruct = (value: unknown, fields: readonly (readonly [name: string, field: string, list: boolean])[]): string => {
  const object = value as Record<string, unknown>
  const text = ([name, field, list]: (typeof fields)[number]): string =>
    list ? `${name}:[${((object[field] as unknown[]) ?? []).join(' ')}]` : `${name}:${object[field] ?? ''}`
  return `{${fields.map(text).join(' ')}}`
}

const ruleText = (rule: unknown): string =>
  goStruct(rule, [
    ['Verbs', 'verbs', true],
    ['APIGroups', 'apiGroups', true],
    ['Resources', 'resources', true],
    ['ResourceNames', 'resourceNames', true],
    ['NonResourceURLs', 'nonResourceURLs', true],
  ])
const subjectText = (subject: unknown): string =>
  goStruct(subject, [
    ['Kind', 'kind', false],
    ['APIGroup', 'apiGroup', false],
    ['Name', 'name', false],
    ['Namespace', 'namespace', false],
  ])

/** What had to be done, on standard error; nothing where all was well. */
function report(context: VerbContext, live: ApiObject | undefined, next: ApiObject): void {
  if (live !== undefined && deepEqual(next, live)) return
  context.err(`\treconciliation required ${live === undefined ? 'create' : 'update'}\n`)
  const [field, text] = next.rules === undefined ? (['subjects', subjectText] as const) : (['rules', ruleText] as const)
  const [before, after] = [(live?.[field] ?? []) as unknown[], (next[field] ?? []) as unknown[]]
  const beyond = (list: readonly unknown[], other: readonly unknown[]): unknown[] => list.filter((a) => !other.some((b) => deepEqual(a, b)))
  const tell = (title: string, list: readonly unknown[]): void => {
    if (list.length > 0) context.err(`\t${title}:\n${list.map((item) => `\t\t${text(item)}\n`).join('')}`)
  }
  tell(`missing ${field} added`, beyond(after, before))
  tell(`extra ${field} removed`, beyond(before, after))
}

export const reconcile = plainVerb('kubectl auth reconcile', (context) => {
  if (context.args.length > 0) throw new CommandError('no arguments are allowed')
  if (context.flags.list('filename').length === 0 && context.flags.text('kustomize') === '')
    throw new CommandError('must specify one of -f and -k')
  const { infos, failures } = buildFromFiles(context)
  const tell = teller(context)
  const errors: unknown[] = [...failures]
  for (const info of infos) {
    if (!reconcilable.has(info.kind.kind)) continue
    try {
      const live = context.kube.find(info.kind, info.namespace, info.name)
      const next = live === undefined ? info.object! : merged(context, live, info.object!)
      const written = dryRunOf(context) === 'client' ? (live ?? next) : write(context, info, live, next)
      tell(info.kind, written, 'reconciled')
      report(context, live, next)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      errors.push(error)
    }
  }
  throwAll(errors)
  return 0
})
