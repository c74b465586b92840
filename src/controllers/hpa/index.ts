/** The horizontal pod autoscaler: every 15 s compares metrics with targets and scales. Models upstream's HorizontalController. */
import { isApiError } from '../../api/errors.ts'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  MetricStatus,
} from '../../api/generated/types/autoscaling-v2.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import { approximateValue, formatQuantity, makeMilliQuantity, milliValue } from '../../api/quantity.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { formatSelector, matchesLabels, NOTHING, parseLabelSelector, type Selector } from '../../api/selectors.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { resourceOfKind } from '../known-resources.ts'
import { same } from '../same.ts'
import { type Failure, withoutAdapter } from './adapters.ts'
import { limit, type Memory, NO_MEMORY, remember } from './behavior.ts'
import { type MetricsReader, type ResourceName, readMetrics } from './metrics.ts'
import { wantedReplicas } from './replicas.ts'

const SYNC_MS = 15_000
const NEXT = 'hpa-next'
const MEMORY = 'hpa-memory'

function reconcile(key: string, context: ReconcileContext, metrics: MetricsReader | undefined): void {
  const { namespace, name } = splitKey(key)
  const hpa = context.read.get('horizontalpodautoscalers.autoscaling', namespace, name)
  if (hpa?.spec === undefined) return
  const uid = hpa.metadata.uid ?? key
  const next = context.cells.get<number>(NEXT, uid) ?? context.nowMs + SYNC_MS
  if (context.nowMs < next) {
    context.cells.put(NEXT, uid, next)
    context.again(next - context.nowMs)
    return
  }
  context.cells.put(NEXT, uid, context.nowMs + SYNC_MS)
  context.again(SYNC_MS)
  new Sync(hpa, context, metrics).run()
}

interface Proposal {
  readonly replicas: number
  readonly metric: string
  readonly status: MetricStatus
}

/** The pods that the target's scale selects. */
interface Scaled {
  readonly pods: readonly Pod[]
  readonly selector: string
}

/** One sync of one autoscaler. */
class Sync {
  readonly #hpa: HorizontalPodAutoscaler
  readonly #context: ReconcileContext
  readonly #metrics: MetricsReader | undefined
  #conditions: readonly HorizontalPodAutoscalerCondition[]
  #currentMetrics: MetricStatus[] | undefined

  constructor(hpa: HorizontalPodAutoscaler, context: ReconcileContext, metrics: MetricsReader | undefined) {
    this.#hpa = hpa
    this.#context = context
    this.#metrics = metrics
    this.#conditions = hpa.status?.conditions ?? []
    this.#currentMetrics = hpa.status?.currentMetrics
  }

  #set(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const old = this.#conditions.find((c) => c.type === type)
    const now = formatTime(this.#context.nowMs)
    const next = { type, status, reason, message, lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now }
    this.#conditions = old === undefined ? [...this.#conditions, next] : this.#conditions.map((c) => (c === old ? next : c))
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.event(this.#hpa, type, reason, message)
  }

  run(): void {
    const found = this.#scaleOf(this.#hpa)
    if (typeof found === 'string') {
      const why = found
      this.#say('Warning', 'FailedGetScale', why)
      this.#set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${why}`)
      this.#save(this.#hpa.status?.currentReplicas ?? 0, this.#hpa.status?.desiredReplicas ?? 0, false)
      return
    }
    this.#set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    this.#scale(found.resource, found.scale)
  }

  #scale(resource: string, target: ApiObject): void {
    const current = target['spec']?.replicas ?? 0
    const status = target['status']?.replicas ?? 0
    const { minReplicas = 1, maxReplicas } = this.#hpa.spec!
    this.#memory(this.#hpa.metadata.uid ?? '', current)
    if (current === 0 && minReplicas !== 0) {
      this.#set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero')
      this.#save(status, 0, false)
      return
    }
    if (current > maxReplicas) {
      this.#rescale(resource, target, maxReplicas, 'Current number of replicas above Spec.MaxReplicas')
      return
    }
    if (current < minReplicas) {
      this.#rescale(resource, target, minReplicas, 'Current number of replicas below Spec.MinReplicas')
      return
    }
    const proposal = this.#propose(target, current)
    if (proposal === undefined) {
      this.#save(status, this.#hpa.status?.desiredReplicas ?? 0, false)
      return
    }
    const uid = this.#hpa.metadata.uid ?? ''
    const memory = this.#memory(uid, current)
    const limited = limit(this.#hpa, current, proposal.replicas, memory, this.#context.nowMs)
    if (limited.able !== undefined) this.#set('AbleToScale', 'True', limited.able.reason, limited.able.message)
    this.#set('ScalingLimited', limited.limited.status, limited.limited.reason, limited.limited.message)
    this.#context.cells.put(MEMORY, uid, remember(memory, this.#hpa, proposal.replicas, limited.replicas - current, this.#context.nowMs))
    if (limited.replicas === current) {
      this.#save(status, current, false)
      return
    }
    this.#rescale(
      resource,
      target,
      limited.replicas,
      proposal.replicas > current ? `${proposal.metric} above target` : 'All metrics below target',
    )
  }

  /** What it remembers; the number found at first counts as a recommendation. */
  #memory(uid: string, current: number): Memory {
    const known = this.#context.cells.get<Memory>(MEMORY, uid)
    if (known !== undefined) return known
    const first: Memory = { ...NO_MEMORY, recommendations: [{ atMs: this.#context.nowMs, n: current }] }
    this.#context.cells.put(MEMORY, uid, first)
    return first
  }

  #rescale(resource: string, target: ApiObject, to: number, reason: string): void {
    const status = target['status']?.replicas ?? 0
    try {
      this.#context.write.patch(resource, target.metadata.namespace, target.metadata.name, { spec: { replicas: to } }, 'merge', 'scale')
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#say('Warning', 'FailedRescale', `New size: ${to}; reason: ${reason}; error: ${error.message}`)
      this.#set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${error.message}`)
      this.#save(status, this.#hpa.status?.desiredReplicas ?? 0, false)
      return
    }
    this.#set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${to}`)
    this.#say('Normal', 'SuccessfulRescale', `New size: ${to}; reason: ${reason}`)
    this.#save(status, to, true)
  }

  /** The largest number any metric asks for; undefined after telling why none could be computed. */
  #propose(target: ApiObject, current: number): Proposal | undefined {
    const specs = this.#hpa.spec!.metrics ?? []
    const pods = this.#pods(target)
    if (this.#isAmbiguous(pods)) return undefined
    const answers = specs.map((spec) => this.#ask(spec, pods, current))
    const bad = answers.filter((a): a is Failure => 'reason' in a)
    const good = answers.filter((a): a is Proposal => !('reason' in a))
    for (const { reason, message } of bad) this.#say('Warning', reason, message)
    const best = good.reduce<Proposal | undefined>((a, b) => (a === undefined || b.replicas > a.replicas ? b : a), undefined)
    // With a metric missing, the others may only scale up.
    if (best === undefined || (bad.length > 0 && best.replicas < current)) {
      const [first] = bad
      const why = `invalid metrics (${bad.length} invalid out of ${specs.length}), first error is: ${first?.within ?? ''}${first?.message ?? ''}`
      this.#say('Warning', 'FailedComputeMetricsReplicas', why)
      if (first !== undefined)
        this.#set('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`)
      return undefined
    }
    this.#currentMetrics = answers.map((a) => ('reason' in a ? { type: '' } : a.status))
    this.#set('ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.metric}`)
    return best
  }

  /** Two autoscalers of the same pods would pull at them: neither acts. */
  #isAmbiguous({ pods, selector }: Scaled): boolean {
    const { namespace, name } = this.#hpa.metadata
    const labels = pods.map((p) => p.metadata.labels)
    const others = this.#context.read
      .list('horizontalpodautoscalers.autoscaling', namespace)
      .filter((h) => h.metadata.name !== name && labels.some((l) => matchesLabels(this.#selectorOf(h), l)))
    if (others.length === 0) return false
    const names = [name, ...others.map((h) => h.metadata.name)].sort().map((n) => `{${namespace} ${n}}`)
    const why = `pods by selector ${selector} are controlled by multiple HPAs: [${names.join(' ')}]`
    this.#say('Warning', 'AmbiguousSelector', why)
    this.#set('ScalingActive', 'False', 'AmbiguousSelector', why)
    this.#say('Warning', 'FailedComputeMetricsReplicas', why)
    return true
  }

  /** The Scale of what an autoscaler is for, whatever kind that is; or why there is none. */
  #scaleOf(hpa: HorizontalPodAutoscaler): { readonly resource: string; readonly scale: ApiObject } | string {
    const { apiVersion = 'apps/v1', kind, name } = hpa.spec!.scaleTargetRef
    const known = resourceOfKind(apiVersion, kind, this.#context.read)
    if (known === undefined) return `no matches for kind "${kind}" in version "${apiVersion}"`
    try {
      return { resource: known.name, scale: this.#context.write.scale(known.name, hpa.metadata.namespace, name) }
    } catch (error) {
      if (!isApiError(error)) throw error
      return error.message
    }
  }

  #selectorOf(hpa: HorizontalPodAutoscaler): Selector {
    const found = this.#scaleOf(hpa)
    return typeof found === 'string' ? NOTHING : podsSelector(found.scale)
  }

  #pods(target: ApiObject): Scaled {
    const own = podsSelector(target)
    const pods = this.#context.read.list('pods', target.metadata.namespace).filter((p) => matchesLabels(own, p.metadata.labels))
    return { pods, selector: formatSelector(own) }
  }

  #ask(spec: MetricSpec, { pods, selector }: Scaled, current: number): Proposal | Failure {
    const source = spec.resource ?? spec.containerResource
    if (source === undefined) return withoutAdapter(spec, this.#hpa.metadata.namespace ?? '')
    const name = source.name as ResourceName
    const container = spec.containerResource?.container
    const { averageUtilization, averageValue } = source.target
    const kind = container === undefined ? 'resource' : 'container'
    const fail = (why: string): Failure => ({
      reason: container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric',
      within: `failed to get ${name} ${kind} metric value: `,
      message: `failed to get ${name} ${averageValue === undefined ? 'utilization' : 'usage'}: ${why}`,
    })
    const metrics = readMetrics(this.#metrics, this.#hpa.metadata.namespace ?? '', selector, name, container)
    if (typeof metrics === 'string') return fail(`unable to get metrics for resource ${name}: ${metrics}`)
    const target = averageValue === undefined ? { utilization: averageUtilization ?? 0 } : { average: milliValue(averageValue) }
    const question = { resource: name, target, current, tolerance: tolerances(this.#hpa), nowMs: this.#context.nowMs }
    const wanted = wantedReplicas({ ...question, ...(container !== undefined && { container }) }, pods, metrics)
    if (typeof wanted === 'string') return fail(wanted)
    const now = {
      ...(wanted.utilization !== undefined && { averageUtilization: wanted.utilization }),
      averageValue: formatQuantity(makeMilliQuantity(wanted.average)),
    }
    const status =
      container === undefined
        ? { type: 'Resource', resource: { name, current: now } }
        : { type: 'ContainerResource', containerResource: { name, container, current: now } }
    const what = container === undefined ? `${name} resource` : `${name} container resource`
    const metric = averageValue === undefined ? `${what} utilization (percentage of request)` : `${name} resource`
    return { replicas: wanted.replicas, metric, status: status as MetricStatus }
  }

  #save(currentReplicas: number, desiredReplicas: number, rescaled: boolean): void {
    const old = this.#hpa.status
    const lastScaleTime = rescaled ? formatTime(this.#context.nowMs) : old?.lastScaleTime
    const { generation } = this.#hpa.metadata
    const status = {
      ...(generation !== undefined && { observedGeneration: generation }),
      ...(lastScaleTime !== undefined && { lastScaleTime }),
      ...(currentReplicas > 0 && { currentReplicas }),
      desiredReplicas,
      currentMetrics: this.#currentMetrics ?? null,
      conditions: [...this.#conditions],
    }
    if (same(status, old)) return
    const write = (draft: ApiObject): void => {
      draft['status'] = status
    }
    this.#context.write.modify(
      'horizontalpodautoscalers.autoscaling',
      this.#hpa.metadata.namespace,
      this.#hpa.metadata.name,
      write,
      'status',
    )
  }
}

function podsSelector(scale: ApiObject): Selector {
  const text = scale['status']?.selector as string | undefined
  return text === undefined ? NOTHING : parseLabelSelector(text)
}

/** Tolerances of the two directions where the behaviour states them. */
function tolerances(hpa: HorizontalPodAutoscaler): { up?: number; down?: number } {
  const { scaleUp, scaleDown } = hpa.spec?.behavior ?? {}
  return {
    ...(scaleUp?.tolerance !== undefined && { up: approximateValue(scaleUp.tolerance) }),
    ...(scaleDown?.tolerance !== undefined && { down: approximateValue(scaleDown.tolerance) }),
  }
}

/** The controller; without `metrics` every resource metric fails as it does where no metrics server runs. */
export const horizontalPodAutoscaler = (metrics?: MetricsReader): ControllerDefinition => ({
  name: 'horizontal-pod-autoscaler',
  component: 'horizontal-pod-autoscaler',
  watches: [{ resource: 'horizontalpodautoscalers.autoscaling', own: true }],
  reconcile: (key, context) => reconcile(key, context, metrics),
})
