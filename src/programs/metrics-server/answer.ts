/** metrics.k8s.io/v1beta1 as metrics-server answers it: NodeMetrics and PodMetrics of what its informers know and its scrapes measured. */
import { errors, type Status } from '../../api/errors.ts'
import { matchesFields, parseFieldSelector } from '../../api/field-selectors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatQuantity, makeQuantity } from '../../api/quantity.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { matchesLabels, parseLabelSelector } from '../../api/selectors.ts'
import type { ExtensionReply, ExtensionRequest } from '../../apiserver/aggregation/contract.ts'
import type { ProcessContext } from '../contract.ts'
import type { ResourceMetrics } from './kubelet.ts'
import { askKubelet, type Measured, measuredContainer, measuredNode } from './scrape.ts'

export const GROUP = 'metrics.k8s.io'
export const API_VERSION = `${GROUP}/v1beta1`

export interface Scrapes {
  readonly beforeMs: number
  readonly lastMs: number
}

const usage = ({ cpuNano, memoryBytes }: Measured): Record<string, string> => ({
  cpu: formatQuantity(`${cpuNano}n`),
  memory: formatQuantity(makeQuantity(memoryBytes, 'BinarySI')),
})

const timed = ({ timestampMs, windowMs }: Pick<Measured, 'timestampMs' | 'windowMs'>): { timestamp: string; window: string } => ({
  timestamp: formatTime(timestampMs),
  window: `${windowMs / 1000}s`,
})

const labelled = ({ labels }: ApiObject['metadata']): { labels?: Record<string, string> } => (labels ? { labels: { ...labels } } : {})

/** The address under which metrics-server knows a node. */
const addressOf = (node: ApiObject): string | undefined =>
  (node['status']?.addresses as readonly { type: string; address: string }[] | undefined)?.find((a) => a.type === 'InternalIP')?.address

/** One round of questions: each kubelet is asked once, and only if somebody wants to know. */
class Round {
  readonly #ctx: ProcessContext
  readonly #scrapes: Scrapes
  readonly #answers = new Map<string, ResourceMetrics | undefined>()

  constructor(ctx: ProcessContext, scrapes: Scrapes) {
    this.#ctx = ctx
    this.#scrapes = scrapes
  }

  #of(node: ApiObject | undefined): ResourceMetrics | undefined {
    if (node === undefined) return undefined
    const { name } = node.metadata
    if (!this.#answers.has(name)) {
      const { beforeMs, lastMs } = this.#scrapes
      const host = addressOf(node)
      this.#answers.set(name, host === undefined ? undefined : askKubelet(this.#ctx, host, [beforeMs, lastMs]))
    }
    return this.#answers.get(name)
  }

  node(node: ApiObject): ApiObject | undefined {
    const answer = this.#of(node)
    const measured = answer && measuredNode(answer, this.#scrapes.beforeMs, this.#scrapes.lastMs)
    if (measured === undefined) return undefined
    const creationTimestamp = formatTime(this.#ctx.nowMs)
    return {
      kind: 'NodeMetrics',
      apiVersion: API_VERSION,
      metadata: { name: node.metadata.name, creationTimestamp, ...labelled(node.metadata) },
      ...timed(measured),
      usage: usage(measured),
    } as ApiObject
  }

  /** All containers of the pod or none. */
  pod(pod: Pod): ApiObject | undefined {
    const { name, namespace } = pod.metadata
    const node = pod.spec?.nodeName === undefined ? undefined : this.#ctx.api.get('nodes', undefined, pod.spec.nodeName)
    const { beforeMs, lastMs } = this.#scrapes
    const own = (this.#of(node as ApiObject | undefined)?.containers ?? []).filter(
      (c) => c.namespace === namespace && c.pod === name && c.startedMs <= lastMs,
    )
    const measured = own.map((c) => ({ name: c.container, measured: measuredContainer(c, beforeMs, lastMs) }))
    if (measured.length === 0 || measured.some((m) => m.measured === undefined)) return undefined
    const earliest = measured.map((m) => m.measured!).reduce((a, b) => (b.windowMs < a.windowMs ? a : b))
    return {
      kind: 'PodMetrics',
      apiVersion: API_VERSION,
      metadata: { name, namespace, creationTimestamp: formatTime(this.#ctx.nowMs), ...labelled(pod.metadata) },
      ...timed(earliest),
      containers: measured.map((m) => ({ name: m.name, usage: usage(m.measured!) })),
    } as ApiObject
  }
}

const inOrder = (a: ApiObject, b: ApiObject): number => {
  const [x, y] = [a, b].map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name}`) as [string, string]
  return x < y ? -1 : x > y ? 1 : 0
}

function selected<O extends ApiObject>(objects: readonly O[], { query }: ExtensionRequest): O[] {
  const labels = parseLabelSelector(query.labelSelector ?? '')
  const fields = parseFieldSelector(query.fieldSelector ?? '')
  const read = (o: O, field: string): string => {
    if (field === 'metadata.name') return o.metadata.name
    return field === 'metadata.namespace' ? (o.metadata.namespace ?? '') : ''
  }
  return objects.filter((o) => matchesLabels(labels, o.metadata.labels) && matchesFields(fields, (f) => read(o, f))).sort(inOrder)
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined

const list = (kind: string, items: readonly ApiObject[]): ExtensionReply => ({
  code: 200,
  body: { kind: `${kind}List`, apiVersion: API_VERSION, metadata: {}, items },
})

const failed = (status: Status): ExtensionReply => ({ code: status.code ?? 500, body: status })

function one(found: ApiObject | undefined, notMeasured: Status): ExtensionReply {
  return found === undefined ? failed(notMeasured) : { code: 200, body: found }
}

function nodes(ctx: ProcessContext, request: ExtensionRequest, round: Round): ExtensionReply {
  const { name } = request
  if (name === undefined)
    return list(
      'NodeMetrics',
      selected(ctx.api.list('nodes') as readonly ApiObject[], request)
        .map((n) => round.node(n))
        .filter(isThere),
    )
  const node = ctx.api.get('nodes', undefined, name) as ApiObject | undefined
  if (node === undefined) return failed(errors.notFound('', 'nodes', name).status)
  return one(round.node(node), errors.notFound(GROUP, 'nodemetrics', name).status)
}

function pods(ctx: ProcessContext, request: ExtensionRequest, round: Round): ExtensionReply {
  const { name, namespace } = request
  if (name === undefined) {
    const all = selected(ctx.api.list('pods', namespace), request)
    return list('PodMetrics', all.map((p) => round.pod(p)).filter(isThere))
  }
  const pod = ctx.api.get('pods', namespace, name)
  if (pod === undefined) return failed(errors.notFound('', 'pods', name).status)
  return one(round.pod(pod), errors.notFound(GROUP, 'podmetrics', `${namespace}/${name}`).status)
}

/** Throws ApiError for selectors that cannot be read. `scrapes` undefined: there are not two yet, so nothing is measured. */
export function answerMetrics(ctx: ProcessContext, request: ExtensionRequest, scrapes: Scrapes | undefined): ExtensionReply {
  const never = { beforeMs: ctx.nowMs + 1, lastMs: ctx.nowMs + 1 }
  const round = new Round(ctx, scrapes ?? never)
  if (request.verb !== 'get' && request.verb !== 'list')
    return failed(errors.methodNotAllowed(GROUP, request.resource, request.verb).status)
  if (request.resource === 'nodes') return nodes(ctx, request, round)
  if (request.resource === 'pods') return pods(ctx, request, round)
  return failed(errors.pageNotFound().status)
}
