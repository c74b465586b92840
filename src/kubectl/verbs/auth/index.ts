/**
 * `kubectl auth can-i|whoami`, and the verbs of `kubectl auth`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, Exit, usageError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'
import { reconcile } from './reconcile.ts'

const knownVerbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
]

/** A virtual resource of the authorization groups: it is created and answers, and is in no discovery that kinds give. */
function review(context: VerbContext, group: string, kind: string, resource: string, body: Record<string, unknown>): ApiObject {
  return context.kube.request({
    verb: 'create',
    group,
    version: 'v1',
    resource,
    body: { apiVersion: `${group}/v1`, kind, metadata: {}, ...body },
  }).body as ApiObject
}

interface Asked {
  readonly verb: string
  readonly attributes: Record<string, unknown>
}

function asked(context: VerbContext): Asked {
  const [verb, what, name] = context.args
  const namespace = context.flags.bool('all-namespaces') ? '' : context.kube.namespace
  if (context.args.length < 2 || context.args.length > 3 || verb === undefined || what === undefined) {
    throw new CommandError(
      `you must specify two arguments: verb resource or verb resource/resourceName.\nSee '${context.path} -h' for help and examples.`,
    )
  }
  if (what.startsWith('/')) return { verb, attributes: { nonResourceAttributes: { path: what, verb } } }
  const slash = what.indexOf('/')
  const type = slash < 0 ? what : what.slice(0, slash)
  const rest = slash < 0 ? '' : what.slice(slash + 1)
  const kind = type === '*' ? undefined : context.kube.kinds.resolve(type)
  if (!knownVerbs.includes(verb)) context.err(`Warning: verb '${verb}' is not a known verb\n\n`)
  if (kind === undefined && type !== '*') context.err(`Warning: the server doesn't have a resource type '${type.split('.')[0]}'\n\n`)
  if (kind !== undefined && !kind.namespaced && !context.flags.bool('all-namespaces')) {
    context.err(`Warning: resource '${kind.resource}' is not namespace scoped${kind.group === '' ? '' : ` in group '${kind.group}'`}\n\n`)
  }
  const dot = type.indexOf('.')
  const group = kind?.group ?? (type === '*' ? '*' : dot < 0 ? '' : type.slice(dot + 1))
  const sub = context.flags.text('subresource')
  const resourceName = name ?? rest
  return {
    verb,
    attributes: {
      resourceAttributes: {
        namespace,
        verb,
        group,
        resource: kind?.resource ?? (dot < 0 ? type : type.slice(0, dot)),
        ...(sub === '' ? {} : { subresource: sub }),
        ...(resourceName === '' ? {} : { name: resourceName }),
      },
    },
  }
}

function list(context: VerbContext): number {
  const answer = review(context, 'authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', {
    spec: { namespace: context.kube.namespace },
  })
  const status = answer.status as {
    resourceRules?: ResourceRule[]
    nonResourceRules?: NonResourceRule[]
    incomplete?: boolean
    evaluationError?: string
  }
  if (status.incomplete === true) context.err(`warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`)
  const writer = new TabWriter()
  if (!context.flags.bool('no-headers')) writer.line(['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'])
  for (const row of rows(status.resourceRules ?? [], status.nonResourceRules ?? [])) writer.line(row)
  context.out(writer.flush())
  return 0
}

interface ResourceRule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
}
interface NonResourceRule {
  verbs: string[]
  nonResourceURLs?: string[]
}

const bracketed = (items: readonly string[] | undefined): string => `[${(items ?? []).join(' ')}]`

/** One row a resource; rules of the same resource and names are joined, and all sorted as Go sorts PolicyRule texts: verbs, group, resource, names, paths. */
function rows(resources: readonly ResourceRule[], urls: readonly NonResourceRule[]): string[][] {
  const simple = new Map<string, { group: string; resource: string; names: string[]; verbs: string[] }>()
  for (const rule of resources) {
    for (const group of rule.apiGroups ?? ['']) {
      for (const resource of rule.resources ?? []) {
        const key = `${group}/${resource} ${(rule.resourceNames ?? []).join(',')}`
        const before = simple.get(key)
        const verbs = [...(before?.verbs ?? []), ...rule.verbs.filter((v) => before?.verbs.includes(v) !== true)]
        simple.set(key, { group, resource, names: rule.resourceNames ?? [], verbs })
      }
    }
  }
  const keyed = [...simple.values()].map(({ group, resource, names, verbs }) => ({
    key: `${bracketed(verbs)},[${group}],[${resource}],${bracketed(names)},[]`,
    row: [group === '' ? resource : `${resource}.${group}`, '[]', bracketed(names), bracketed(verbs)],
  }))
  for (const rule of urls) {
    for (const url of rule.nonResourceURLs ?? [])
      keyed.push({ key: `${bracketed(rule.verbs)},[],[],[],[${url}]`, row: ['', `[${url}]`, '[]', bracketed(rule.verbs)] })
  }
  return keyed.sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0)).map(({ row }) => row)
}

const canI = plainVerb('kubectl auth can-i', (context) => {
  if (context.flags.bool('list')) {
    if (context.args.length > 0) throw new CommandError('list option must be specified with no arguments')
    return list(context)
  }
  const { attributes } = asked(context)
  const answer = review(context, 'authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', { spec: attributes })
  const status = answer.status as { allowed?: boolean; reason?: string; evaluationError?: string }
  const allowed = status.allowed === true
  if (!context.flags.bool('quiet')) {
    const reason = status.reason !== undefined && status.reason !== '' && !allowed ? ` - ${status.reason}` : ''
    const wrong = status.evaluationError === undefined || status.evaluationError === '' ? '' : ` - ${status.evaluationError}`
    context.out(`${allowed ? 'yes' : 'no'}${reason}${wrong}\n`)
  }
  if (!allowed) throw new Exit(1)
  return 0
})

const whoAmI = plainVerb('kubectl auth whoami', (context) => {
  if (context.args.length > 0) throw usageError(context.path, 'this command takes no arguments')
  const printer = objectPrinter(context, objectFormats)
  const answer = review(context, 'authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews', {})
  if (printer !== undefined) {
    context.out(printer(answer))
    return 0
  }
  const info =
    (answer.status as { userInfo?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> } }).userInfo ??
    {}
  const writer = new TabWriter()
  writer.line(['ATTRIBUTE', 'VALUE'])
  if (info.username) writer.line(['Username', info.username])
  if (info.uid) writer.line(['UID', info.uid])
  if (info.groups?.length) writer.line(['Groups', bracketed(info.groups)])
  for (const key of Object.keys(info.extra ?? {}).sort()) writer.line([`Extra: ${key}`, bracketed(info.extra![key])])
  context.out(writer.flush())
  return 0
})

export const authVerbs: readonly VerbDefinition[] = [canI, whoAmI, reconcile]
