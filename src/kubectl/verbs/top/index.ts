/**
 * `kubectl top node|pod`: from metrics.k8s.io, where somebody serves it.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { parseTime } from '../../../api/rfc3339.ts'
import type { ApiQuery } from '../../../apiserver/contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'
import { measuredWith, nodeTable, podTable, type Usage } from './printer.ts'

const GROUP = 'metrics.k8s.io'
/** A pod older than this should be measured by now. */
const CREATION_DELAY_MS = 120_000

/** The kind of metrics, or kubectl's error where the group is not among those discovered. */
function served(context: VerbContext, resource: 'nodes' | 'pods'): KindDefinition {
  const kind = context.kube.kinds.all.find((k) => k.group === GROUP && k.resource === resource)
  if (kind === undefined) throw new CommandError('Metrics API not available')
  return kind
}

interface Options {
  readonly name: string | undefined
  readonly sortBy: string
  readonly query: ApiQuery
}

function optionsOf(context: VerbContext, fields: string): Options {
  const { args, flags } = context
  const sortBy = flags.text('sort-by')
  if (!['', 'cpu', 'memory'].includes(sortBy)) throw new CommandError('--sort-by accepts only cpu or memory')
  const selector = flags.text('selector')
  const [name] = args
  if (name !== undefined && (selector !== '' || fields !== '')) throw new CommandError('only one of NAME or selector can be provided')
  return { name, sortBy, query: selector === '' ? {} : { labelSelector: selector } }
}

function measured(
  context: VerbContext,
  kind: KindDefinition,
  namespace: string | undefined,
  { name, query }: Options,
): readonly ApiObject[] {
  if (name !== undefined) return [context.kube.call('get', kind, namespace, name).body as ApiObject]
  return context.kube.list(kind, namespace, query).items
}

const topNode = plainVerb('kubectl top node', (context) => {
  if (context.args.length > 1) throw usageError(context.path, 'node [NAME | -l label]')
  const options = optionsOf(context, '')
  const metrics = measured(context, served(context, 'nodes'), undefined, options)
  if (metrics.length === 0) throw new CommandError('metrics not available yet')
  const kind = context.kube.kinds.byStoreName('nodes')!
  const { name, query } = options
  const nodes = name === undefined ? context.kube.list(kind, undefined, query).items : [context.kube.get(kind, undefined, name)]
  const capacity = context.flags.bool('show-capacity')
  const whole = new Map(nodes.map((n) => [n.metadata.name, ((capacity ? n['status']?.capacity : n['status']?.allocatable) ?? {}) as Usage]))
  const swap = context.flags.bool('show-swap')
  const headers = !context.flags.bool('no-headers')
  context.out(nodeTable({ metrics, whole, measured: measuredWith(swap), sortBy: options.sortBy, headers }))
  return 0
})

/** Go's duration of whole milliseconds: `2m3.5s`. */
function durationText(ms: number): string {
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000]
  return `${hours > 0 ? `${hours}h` : ''}${ms >= 60_000 ? `${minutes}m` : ''}${seconds}s`
}

const podsOf = (context: VerbContext, namespace: string | undefined, query: ApiQuery): readonly ApiObject[] =>
  context.kube.list(context.kube.kinds.byStoreName('pods')!, namespace, query).items

const keyOf = ({ metadata }: ApiObject): string => `${metadata.namespace}/${metadata.name}`

/** Field selectors are of pods: metrics know nothing of a pod's fields. */
function ofThese(metrics: readonly ApiObject[], pods: readonly ApiObject[]): readonly ApiObject[] {
  const wanted = new Set(pods.map(keyOf))
  return metrics.filter((m) => wanted.has(keyOf(m)))
}

/** Why there are none: nobody asked about is there, they are young, or something is wrong. */
function explainNone(context: VerbContext, pods: readonly ApiObject[]): void {
  if (pods.length === 0) return
  for (const pod of pods) {
    const ageMs = context.host.now() - (parseTime(pod.metadata.creationTimestamp ?? '') ?? 0)
    if (ageMs > CREATION_DELAY_MS)
      throw new CommandError(`Metrics not available for pod ${pod.metadata.namespace}/${pod.metadata.name}, age: ${durationText(ageMs)}`)
  }
  throw new CommandError('metrics not available yet')
}

const topPod = plainVerb('kubectl top pod', (context) => {
  const { flags, kube } = context
  const namespaces = flags.bool('all-namespaces')
  if (context.args.length > 1) throw new CommandError(`unexpected arguments: [${context.args.slice(1).join(' ')}]`)
  const fields = flags.text('field-selector')
  const options = optionsOf(context, fields)
  const namespace = namespaces ? undefined : kube.namespace
  const query = fields === '' ? options.query : { ...options.query, fieldSelector: fields }
  const all = measured(context, served(context, 'pods'), namespace, options)
  const metrics = fields === '' || all.length === 0 ? all : ofThese(all, podsOf(context, namespace, query))
  if (metrics.length === 0) {
    explainNone(context, podsOf(context, namespace, query))
    context.err(namespaces ? 'No resources found\n' : `No resources found in ${kube.namespace} namespace.\n`)
    return 0
  }
  const [swap, headers] = [flags.bool('show-swap'), !flags.bool('no-headers')]
  const shape = { namespaces, containers: flags.bool('containers'), sum: flags.bool('sum'), headers }
  context.out(podTable({ metrics, measured: measuredWith(swap), sortBy: options.sortBy, ...shape }))
  return 0
})

export const topVerbs: readonly VerbDefinition[] = [topNode, topPod]
