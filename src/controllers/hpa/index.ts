/** The horizontal pod autoscaler: every 15 s compares metrics with targets and scales. Resource and container resource metrics only; others say they cannot be had. */
import { isApiError } from '../../api/errors.ts'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  MetricStatus,
} from '../../api/generated/types/autoscaling-v2.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import { approximateValue, formatQuantity, makeMilliQuantity, makeQuantity, milliValue, quantityValue } from '../../api/quantity.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { labelSelectorOf, matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { resourceOfKind } from '../known-resources.ts'
import { same } from '../same.ts'
import { limit, type Memory, NO_MEMORY, remember } from './behavior.ts'
import { type MetricsReader, type ResourceName, wantedReplicas } from './replicas.ts'

const SYNC_MS = 15_000
const NEXT = 'hpa-next'
const MEMORY = 'hpa-memory'
const NO_METRICS_API = 'the server could not find the requested resource (get pods.metrics.k8s.io)'

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

class Failed extends Error {
  readonly reason: string
  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
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
    const { apiVersion = 'apps/v1', kind, name } = this.#hpa.spec!.scaleTargetRef
    const known = resourceOfKind(apiVersion, kind, this.#context.read)
    const target = known && (this.#context.read.get(known.name, this.#hpa.metadata.namespace, name) as ApiObject | undefined)
    if (known === undefined || target === undefined) {
      const why = known === undefined ? `no matches for kind "${kind}" in version "${apiVersion}"` : `${known.name} "${name}" not found`
      this.#say('Warning', 'FailedGetScale', why)
      this.#set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${why}`)
      this.#save(this.#hpa.status?.currentReplicas ?? 0, this.#hpa.status?.desiredReplicas ?? 0, false)
      return
    }
    this.#set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    this.#scale(known.name, target)
  }

  #scale(resource: string, target: ApiObject): void {
    const current = target['spec']?.replicas ?? 1
    const status = target['status']?.replicas ?? 0
    const { minReplicas = 1, maxReplicas } = this.#hpa.spec!
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
    const memory = this.#context.cells.get<Memory>(MEMORY, uid) ?? NO_MEMORY
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
      limited.replicas > current ? `${proposal.metric} above target` : 'All metrics below target',
    )
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
    const good: Proposal[] = []
    let first: Failed | undefined
    let bad = 0
    for (const spec of specs) {
      try {
        good.push(this.#ask(spec, pods, current))
      } catch (error) {
        if (!(error instanceof Failed)) throw error
        this.#say('Warning', error.reason, error.message)
        first ??= error
        bad++
      }
    }
    const best = good.reduce<Proposal | undefined>((a, b) => (a === undefined || b.replicas > a.replicas ? b : a), undefined)
    // With a metric missing, the others may only scale up.
    if (best === undefined || (bad > 0 && best.replicas < current)) {
      const name = specs[0]?.resource?.name ?? specs[0]?.containerResource?.name ?? ''
      const why = `invalid metrics (${bad} invalid out of ${specs.length}), first error is: failed to get ${name} resource metric value: ${first?.message ?? ''}`
      this.#say('Warning', 'FailedComputeMetricsReplicas', why)
      this.#set(
        'ScalingActive',
        'False',
        first?.reason ?? 'InvalidMetricSourceType',
        `the HPA was unable to compute the replica count: ${first?.message ?? ''}`,
      )
      return undefined
    }
    this.#currentMetrics = good.map((p) => p.status)
    this.#set('ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.metric}`)
    return best
  }

  #pods(target: ApiObject): readonly Pod[] {
    const selector = target['spec']?.selector
    const own = target.kind === 'ReplicationController' ? selectorFromSet(selector) : labelSelectorOf(selector)
    return this.#context.read.list('pods', target.metadata.namespace).filter((p) => matchesLabels(own, p.metadata.labels))
  }

  #ask(spec: MetricSpec, pods: readonly Pod[], current: number): Proposal {
    const source = spec.resource ?? spec.containerResource
    const name = source?.name
    if (source === undefined || (name !== 'cpu' && name !== 'memory'))
      throw new Failed(
        `FailedGet${spec.type === 'Resource' ? 'ResourceMetric' : `${spec.type}Metric`}`,
        `unable to get metric: ${spec.type} metrics are not simulated; use cpu or memory as a resource metric`,
      )
    const { averageUtilization, averageValue } = source.target
    const what = averageUtilization !== undefined ? 'utilization' : 'usage'
    const fail = (why: string): Failed => new Failed('FailedGetResourceMetric', `failed to get ${name} ${what}: ${why}`)
    if (this.#metrics === undefined)
      throw fail(`unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: ${NO_METRICS_API}`)
    const average = averageValue === undefined ? 0 : name === 'cpu' ? milliValue(averageValue) : quantityValue(averageValue)
    const target = averageUtilization !== undefined ? { utilization: averageUtilization } : { average }
    const container = spec.containerResource?.container
    const question = { resource: name as ResourceName, target, current, tolerance: tolerances(this.#hpa), ...(container && { container }) }
    const wanted = wantedReplicas(question, pods, this.#metrics)
    if (typeof wanted === 'string') throw fail(wanted)
    const text = formatQuantity(name === 'cpu' ? makeMilliQuantity(wanted.average) : makeQuantity(wanted.average))
    const now = { averageValue: text, ...(wanted.utilization !== undefined && { averageUtilization: wanted.utilization }) }
    const status =
      container === undefined
        ? { type: 'Resource', resource: { name, current: now } }
        : { type: 'ContainerResource', containerResource: { name, container, current: now } }
    const metric =
      `${name} ${container === undefined ? '' : 'container '}resource ${averageUtilization !== undefined ? 'utilization (percentage of request)' : ''}`.trimEnd()
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
