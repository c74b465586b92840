/**
 * `kubectl drain`: cordons, then evicts the node's pods and waits until they are gone.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, messageOf } from '../../errors.ts'
import { dryRunOf, dryRunSuffix } from '../../options.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { cordonOne, nodesOf } from '../cordon/index.ts'
import { planDrain } from './filters.ts'

const RETRY_MS = 5000

function podsOn(context: VerbContext, node: string): readonly ApiObject[] {
  const pods = context.kube.kinds.byStoreName('pods')!
  const selector = context.flags.text('pod-selector')
  return context.kube.list(pods, undefined, {
    fieldSelector: `spec.nodeName=${node}`,
    ...(selector === '' ? {} : { labelSelector: selector }),
  }).items
}

function evict(context: VerbContext, pod: ApiObject): void {
  const pods = context.kube.kinds.byStoreName('pods')!
  const grace = context.flags.int('grace-period')
  const { name, namespace } = pod.metadata
  const options = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  if (context.flags.bool('disable-eviction')) context.kube.delete(pods, namespace, name, options)
  else {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: options }
    context.kube.create(pods, namespace, body, { name, subresource: 'eviction' })
  }
}

const gone = (context: VerbContext, pod: ApiObject): boolean => {
  const pods = context.kube.kinds.byStoreName('pods')!
  return context.kube.find(pods, pod.metadata.namespace, pod.metadata.name)?.metadata.uid !== pod.metadata.uid
}

interface Removal {
  readonly pod: ApiObject
  state: 'todo' | 'leaving' | 'gone'
  retryMs: number
}

const shown = (pod: ApiObject): string => `pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)}`

function attempt(context: VerbContext, removal: Removal): void {
  const { pod } = removal
  const deleting = context.flags.bool('disable-eviction')
  context.err(`${deleting ? 'deleting' : 'evicting'} pod ${pod.metadata.namespace}/${pod.metadata.name}\n`)
  try {
    evict(context, pod)
    removal.state = 'leaving'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status.reason === 'NotFound') removal.state = 'gone'
    else if (error.status.code === 429) {
      context.err(`error when evicting ${shown(pod)} (will retry after 5s): ${messageOf(error)}\n`)
      removal.retryMs = context.host.now() + RETRY_MS
    } else throw new CommandError(`error when evicting ${shown(pod)}: ${messageOf(error)}`)
  }
}

/** Evicts all and waits; throws `global timeout reached`. */
function* removeAll(context: VerbContext, pods: readonly ApiObject[], endMs: number | undefined, timeoutText: string): Steps {
  const removals: Removal[] = pods.map((pod) => ({ pod, state: 'todo', retryMs: 0 }))
  for (;;) {
    for (const removal of removals) if (removal.state === 'todo' && removal.retryMs <= context.host.now()) attempt(context, removal)
    for (const removal of removals) {
      if (removal.state === 'leaving' && gone(context, removal.pod)) {
        removal.state = 'gone'
        context.out(`pod/${removal.pod.metadata.name} ${context.flags.bool('disable-eviction') ? 'deleted' : 'evicted'}\n`)
      }
    }
    const left = removals.filter((removal) => removal.state !== 'gone')
    if (left.length === 0) return
    const now = context.host.now()
    if (endMs !== undefined && now >= endMs) {
      const todo = left.find((removal) => removal.state === 'todo')
      throw new CommandError(
        todo === undefined
          ? `error when waiting for pod ${JSON.stringify(left[0]!.pod.metadata.name)} in namespace ${JSON.stringify(left[0]!.pod.metadata.namespace)} to terminate: global timeout reached: ${timeoutText}`
          : `error when evicting ${shown(todo.pod)}: global timeout reached: ${timeoutText}`,
      )
    }
    yield* pause(context, left, endMs)
  }
}

/** Until a pod is gone, a retry is due, or the time is up (at a deadline a last retry is told first). */
function* pause(context: VerbContext, left: readonly Removal[], endMs: number | undefined): Steps {
  const now = context.host.now()
  const retry = Math.min(...left.filter((r) => r.state === 'todo').map((r) => r.retryMs))
  const due = Math.min(retry, endMs ?? Number.POSITIVE_INFINITY)
  yield {
    until: () => left.some((r) => r.state === 'leaving' && gone(context, r.pod)),
    ...(Number.isFinite(due) ? { timeoutMs: Math.max(0, due - now) } : {}),
  }
  if (endMs === undefined || context.host.now() < endMs) return
  // kubectl's eviction loops wake once more at the deadline before they notice it.
  for (const removal of left)
    if (removal.state === 'todo') context.err(`evicting pod ${removal.pod.metadata.namespace}/${removal.pod.metadata.name}\n`)
}

function* drainOne(context: VerbContext, info: Info, endMs: number | undefined): Steps {
  const plan = planDrain(context, podsOn(context, info.name))
  if (plan.errors.length > 0) throw new CommandError(plan.errors.length === 1 ? plan.errors[0]! : `[${plan.errors.join(', ')}]`)
  if (plan.warnings.length > 0) context.err(`Warning: ${plan.warnings.join('; ')}\n`)
  const dry = dryRunOf(context)
  if (dry !== 'none') {
    for (const pod of plan.pods) context.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${dryRunSuffix(dry)}\n`)
    return
  }
  const timeoutText = context.flags.text('timeout')
  try {
    yield* removeAll(context, plan.pods, endMs, timeoutText)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const pending = plan.pods.filter((pod) => !gone(context, pod))
    if (pending.length > 0) {
      context.err(`There are pending pods in node ${JSON.stringify(info.name)} when an error occurred: ${error.message}\n`)
      for (const pod of pending) context.err(`pod/${pod.metadata.name}\n`)
    }
    throw error
  }
}

function* run(context: VerbContext): Steps<number | undefined> {
  const nodes = nodesOf(context)
  const timeoutMs = context.flags.duration('timeout')
  for (const info of nodes) cordonOne(context, info, true)
  const endMs = timeoutMs === 0 ? undefined : context.host.now() + timeoutMs
  const failed: { name: string; error: CommandError }[] = []
  for (const info of nodes) {
    try {
      yield* drainOne(context, info, endMs)
      context.out(`node/${info.name} drained${dryRunSuffix(dryRunOf(context))}\n`)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      context.err(`error: unable to drain node ${JSON.stringify(info.name)} due to error: ${error.message}, continuing command...\n`)
      failed.push({ name: info.name, error })
    }
  }
  if (failed.length === 0) return 0
  context.err(`There are pending nodes to be drained:\n${failed.map(({ name }) => ` ${name}\n`).join('')}`)
  for (const { error } of failed) context.err(`${error.message}\n`)
  return 1
}

export const drainVerb: VerbDefinition = { path: 'kubectl drain', run }
