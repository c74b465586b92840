/** Runs a release's hooks of one event: by weight, each to its end, deleted as their policies say (helm's execHook). */
import { ApiError } from '../../api/errors.ts'
import { formatMicroTime } from '../../api/rfc3339.ts'
import type { Steps } from '../../kubectl/contract.ts'
import { HelmError } from '../chart/contract.ts'
import { type DeletePolicy, type Hook, type HookEvent, partsOf } from '../chart/manifest.ts'
import type { HelmContext } from '../contract.ts'
import type { Release } from './contract.ts'
import { createOne, messageOf, removeOne, type Target, targetsOf, together } from './objects.ts'
import { completion, kindKey, waitGone } from './ready.ts'

const byWeight = (a: Hook, b: Hook): number => a.weight - b.weight || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** A CustomResourceDefinition is never deleted by a policy: its objects would go with it. */
const targetOf = (context: HelmContext, hook: Hook, namespace: string): Target | undefined =>
  targetsOf(context.kube, partsOf(hook.manifest), namespace, `unable to build kubernetes object for hook ${hook.path}`)[0]

function* remove(context: HelmContext, hook: Hook, target: Target, policy: DeletePolicy, timeoutMs: number): Steps {
  if (!hook.policies.includes(policy) || hook.kind === 'CustomResourceDefinition') return
  removeOne(context.kube, target)
  yield* waitGone(context, [target], timeoutMs)
}

function* finished(context: HelmContext, target: Target, timeoutMs: number): Steps {
  const state = () => {
    const object = context.kube.find(target.kind, target.namespace, target.name)
    return object === undefined ? undefined : completion(kindKey(target), object)
  }
  if (state() === undefined) {
    const answer = yield { until: () => state() !== undefined, timeoutMs }
    if (answer?.satisfied === false && state() === undefined) throw new HelmError('timed out waiting for the condition')
  }
  const end = state()
  if (end instanceof Error) throw together([end.message])
}

export interface HookOptions {
  readonly timeoutMs: number
  /** Only those whose names this lets through. */
  readonly only?: (name: string) => boolean
}

/** Runs them and gives the release's hooks with when they ran. `noted` hears of every change, for the record. Throws HelmError. */
export function* runHooks(
  context: HelmContext,
  release: Release,
  event: HookEvent,
  options: HookOptions,
  noted: (hooks: readonly Hook[]) => void = () => {},
): Steps<readonly Hook[]> {
  let hooks = release.hooks
  const done: { hook: Hook; target: Target }[] = []
  for (const hook of release.hooks.filter((h) => h.events.includes(event) && (options.only?.(h.name) ?? true)).sort(byWeight)) {
    const target = targetOf(context, hook, release.namespace)
    if (target === undefined) continue
    const startedAt = formatMicroTime(context.host.now())
    const mark = (phase: 'Running' | 'Succeeded' | 'Failed', completedAt = ''): void => {
      hooks = hooks.map((h) =>
        h.path === hook.path && h.name === hook.name && h.kind === hook.kind ? { ...h, lastRun: { startedAt, completedAt, phase } } : h,
      )
      noted(hooks)
    }
    yield* remove(context, hook, target, 'before-hook-creation', options.timeoutMs)
    mark('Running')
    try {
      createOne(context.kube, target)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      mark('Failed', formatMicroTime(context.host.now()))
      throw new HelmError(`warning: Hook ${event} ${hook.path} failed: ${together([messageOf(error)]).message}`)
    }
    try {
      yield* finished(context, target, options.timeoutMs)
    } catch (error) {
      if (!(error instanceof HelmError)) throw error
      mark('Failed', formatMicroTime(context.host.now()))
      yield* remove(context, hook, target, 'hook-failed', options.timeoutMs)
      throw error
    }
    mark('Succeeded', formatMicroTime(context.host.now()))
    done.push({ hook, target })
  }
  for (const { hook, target } of done) yield* remove(context, hook, target, 'hook-succeeded', options.timeoutMs)
  return hooks
}
