/** When an object is ready for `--wait` (helm's ReadyChecker), a rule a kind; a kind without one is ready once it exists. */
import type { ApiObject } from '../../api/meta.ts'
import type { Steps } from '../../kubectl/contract.ts'
import { HelmError } from '../chart/contract.ts'
import type { HelmContext } from '../contract.ts'
import { type Fields, isMap } from '../template/values.ts'
import type { Target } from './objects.ts'

const fields = (value: unknown): Fields => (isMap(value) ? value : {})
const number = (value: unknown, fallback = 0): number => (typeof value === 'number' ? value : fallback)
const conditions = (object: Fields): readonly Fields[] => {
  const { conditions: all } = fields(object.status)
  return Array.isArray(all) ? all.filter(isMap) : []
}
const holds = (object: Fields, type: string): boolean => conditions(object).some((c) => c.type === type && c.status === 'True')

/** A number or a share (`25%`) of `total`. */
const share = (value: unknown, total: number): number =>
  typeof value === 'string' ? Math.floor((Number.parseFloat(value) / 100) * total) : number(value)
const seen = (object: Fields): boolean => number(fields(object.status).observedGeneration) >= number(fields(object.metadata).generation)

function deploymentReady(object: Fields): boolean {
  const spec = fields(object.spec)
  if (spec.paused === true) return true
  const status = fields(object.status)
  const wanted = number(spec.replicas, 1)
  const strategy = fields(spec.strategy)
  const missing = strategy.type === 'Recreate' ? 0 : share(fields(strategy.rollingUpdate).maxUnavailable ?? '25%', wanted)
  return (
    seen(object) &&
    number(status.updatedReplicas) >= wanted - missing &&
    number(status.readyReplicas) - Math.max(0, number(status.replicas) - number(status.updatedReplicas)) >= wanted - missing
  )
}

function statefulSetReady(object: Fields): boolean {
  const spec = fields(object.spec)
  const status = fields(object.status)
  const strategy = fields(spec.updateStrategy)
  if (!seen(object)) return false
  if (strategy.type === 'OnDelete') return true
  const wanted = number(spec.replicas, 1)
  const partition = number(fields(strategy.rollingUpdate).partition)
  if (number(status.updatedReplicas) < wanted - partition || number(status.readyReplicas) !== wanted) return false
  return partition > 0 || status.currentRevision === status.updateRevision
}

function daemonSetReady(object: Fields): boolean {
  const status = fields(object.status)
  const strategy = fields(fields(object.spec).updateStrategy)
  if (!seen(object)) return false
  if (strategy.type === 'OnDelete') return true
  const wanted = number(status.desiredNumberScheduled)
  const missing = share(fields(strategy.rollingUpdate).maxUnavailable ?? 1, wanted)
  return number(status.updatedNumberScheduled) === wanted && number(status.numberReady) >= wanted - missing
}

function serviceReady(object: Fields): boolean {
  const spec = fields(object.spec)
  if (spec.type === 'ExternalName') return true
  if (spec.clusterIP === '' || spec.clusterIP === undefined) return false
  if (spec.type !== 'LoadBalancer' || (Array.isArray(spec.externalIPs) && spec.externalIPs.length > 0)) return true
  const { ingress } = fields(fields(object.status).loadBalancer)
  return Array.isArray(ingress) && ingress.length > 0
}

const RULES: Readonly<Record<string, (object: Fields) => boolean>> = {
  'apps/Deployment': deploymentReady,
  'apps/StatefulSet': statefulSetReady,
  'apps/DaemonSet': daemonSetReady,
  'apps/ReplicaSet': (o) => number(fields(o.status).readyReplicas) >= number(fields(o.spec).replicas, 1),
  '/ReplicationController': (o) => number(fields(o.status).readyReplicas) >= number(fields(o.spec).replicas, 1),
  '/Pod': (o) => holds(o, 'Ready'),
  '/PersistentVolumeClaim': (o) => fields(o.status).phase === 'Bound',
  '/Service': serviceReady,
  'apiextensions.k8s.io/CustomResourceDefinition': (o) => holds(o, 'Established'),
}
const JOB = 'batch/Job'

/** How a job or pod that ran to its end ended: undefined while it runs; an Error says why it failed. */
export function completion(kind: string, object: ApiObject): 'succeeded' | Error | undefined {
  const fieldsOf = object as unknown as Fields
  if (kind === JOB) {
    const failed = conditions(fieldsOf).find((c) => c.type === 'Failed' && c.status === 'True')
    if (failed !== undefined) return new Error(`job ${object.metadata.name} failed: ${String(failed.reason ?? '')}`)
    return holds(fieldsOf, 'Complete') ? 'succeeded' : undefined
  }
  if (kind === '/Pod') {
    const { phase } = fields(fieldsOf.status)
    if (phase === 'Failed') return new Error(`pod ${object.metadata.name} failed`)
    return phase === 'Succeeded' ? 'succeeded' : undefined
  }
  return 'succeeded'
}

export const kindKey = (target: Target): string => `${target.kind.group}/${target.kind.kind}`

function isReady(context: HelmContext, target: Target, jobs: boolean): boolean {
  const object = context.kube.find(target.kind, target.namespace, target.name)
  if (object === undefined) return false
  const key = kindKey(target)
  if (key === JOB) return !jobs || completion(key, object) === 'succeeded'
  return RULES[key]?.(object as unknown as Fields) ?? true
}

/** Waits until all are ready. Throws HelmError `context deadline exceeded`. */
export function* waitReady(context: HelmContext, targets: readonly Target[], timeoutMs: number, jobs: boolean): Steps {
  const end = context.host.now() + timeoutMs
  for (const target of targets) {
    if (isReady(context, target, jobs)) continue
    const answer = yield { until: () => isReady(context, target, jobs), timeoutMs: Math.max(0, end - context.host.now()) }
    if (answer?.satisfied === false && !isReady(context, target, jobs)) throw new HelmError('context deadline exceeded')
  }
}

/** Waits until none of them exists any more. */
export function* waitGone(context: HelmContext, targets: readonly Target[], timeoutMs: number): Steps {
  const end = context.host.now() + timeoutMs
  const still = (target: Target): boolean => context.kube.find(target.kind, target.namespace, target.name) !== undefined
  for (const target of targets) {
    if (!still(target)) continue
    const answer = yield { until: () => !still(target), timeoutMs: Math.max(0, end - context.host.now()) }
    if (answer?.satisfied === false && still(target)) throw new HelmError('context deadline exceeded')
  }
}
