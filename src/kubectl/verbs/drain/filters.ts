/**
 * Which pods of a node a drain may take away (kubectl/pkg/drain's filters).
 */
import { type ApiObject, controllerOf } from '../../../api/meta.ts'
import type { VerbContext } from '../../verb.ts'

export interface DrainPlan {
  readonly pods: readonly ApiObject[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

interface Verdict {
  readonly take: boolean
  readonly error?: string
  readonly warning?: string
}

const ended = (pod: ApiObject): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

function daemonSetVerdict(context: VerbContext, pod: ApiObject): Verdict | undefined {
  const owner = controllerOf(pod)
  if (owner === undefined || owner.kind !== 'DaemonSet' || ended(pod)) return undefined
  const kind = context.kube.kinds.byStoreName('daemonsets.apps')
  const there = kind !== undefined && context.kube.find(kind, pod.metadata.namespace, owner.name) !== undefined
  if (!there) {
    const error = `daemonsets.apps ${JSON.stringify(owner.name)} not found`
    return context.flags.bool('force') ? { take: true, warning: error } : { take: false, error }
  }
  if (!context.flags.bool('ignore-daemonsets'))
    return { take: false, error: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
  return { take: false, warning: 'ignoring DaemonSet-managed Pods' }
}

function verdictOf(context: VerbContext, pod: ApiObject): Verdict {
  const { flags } = context
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { take: false }
  const skip = flags.int('skip-wait-for-delete-timeout')
  if (skip > 0 && pod.metadata.deletionTimestamp !== undefined) return { take: false }
  const daemon = daemonSetVerdict(context, pod)
  if (daemon !== undefined) return daemon
  const local = ((pod.spec?.volumes ?? []) as { emptyDir?: unknown }[]).some((volume) => volume.emptyDir !== undefined)
  if (local && !ended(pod) && !flags.bool('delete-emptydir-data'))
    return { take: false, error: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)' }
  if (controllerOf(pod) === undefined && !ended(pod)) {
    if (!flags.bool('force')) return { take: false, error: 'cannot delete Pods that declare no controller (use --force to override)' }
    return { take: true, warning: 'deleting Pods that declare no controller' }
  }
  return { take: true }
}

const grouped = (byText: ReadonlyMap<string, readonly string[]>, join: string): string[] =>
  [...byText.keys()].sort().map((text) => `${text}: ${byText.get(text)!.join(', ')}${join}`)

/** What is to be deleted, what stands in the way, what is told. */
export function planDrain(context: VerbContext, pods: readonly ApiObject[]): DrainPlan {
  const taken: ApiObject[] = []
  const errors = new Map<string, string[]>()
  const warnings = new Map<string, string[]>()
  const add = (map: Map<string, string[]>, text: string, pod: ApiObject): void => {
    map.set(text, [...(map.get(text) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`])
  }
  for (const pod of pods) {
    const verdict = verdictOf(context, pod)
    if (verdict.take) taken.push(pod)
    if (verdict.error !== undefined) add(errors, verdict.error, pod)
    if (verdict.warning !== undefined) add(warnings, verdict.warning, pod)
  }
  return { pods: taken, errors: grouped(errors, ''), warnings: grouped(warnings, '') }
}
