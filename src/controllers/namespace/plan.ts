/**
 * A terminating namespace's conditions, from what is left in it; worded as upstream's namespaced resources deleter words them.
 */
import type { NamespaceCondition } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'

export interface Remains {
  /** Instances by `resource.group` (the core group's end in a dot). */
  readonly counts: Readonly<Record<string, number>>
  /** Objects by finalizer. */
  readonly finalizers: Readonly<Record<string, number>>
  /** Group versions (`group/version`) whose API server does not answer: nobody knows what they hold. */
  readonly undiscovered: readonly string[]
  /** Why deleting failed, if it did. */
  readonly failures: readonly string[]
}

const listed = (counts: Readonly<Record<string, number>>, text: (name: string, n: number) => string): string =>
  Object.keys(counts)
    .sort()
    .map((name) => text(name, counts[name]!))
    .join(', ')

interface Text {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

function texts(remains: Remains): Text[] {
  const left = Object.keys(remains.counts).length > 0
  const held = Object.keys(remains.finalizers).length > 0
  const { undiscovered } = remains
  const stale = undiscovered.map((gv) => `${gv}: stale GroupVersion discovery: ${gv}`).join(', ')
  return [
    undiscovered.length > 0
      ? {
          type: 'NamespaceDeletionDiscoveryFailure',
          status: 'True',
          reason: 'DiscoveryFailed',
          message: `Discovery failed for some groups, ${undiscovered.length} failing: unable to retrieve the complete list of server APIs: ${stale}`,
        }
      : {
          type: 'NamespaceDeletionDiscoveryFailure',
          status: 'False',
          reason: 'ResourcesDiscovered',
          message: 'All resources successfully discovered',
        },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      status: 'False',
      reason: 'ParsedGroupVersions',
      message: 'All legacy kube types successfully parsed',
    },
    remains.failures.length > 0
      ? {
          type: 'NamespaceDeletionContentFailure',
          status: 'True',
          reason: 'ContentDeletionFailed',
          message: `Failed to delete all resource types, ${remains.failures.length} remaining: ${[...remains.failures].sort().join(', ')}`,
        }
      : {
          type: 'NamespaceDeletionContentFailure',
          status: 'False',
          reason: 'ContentDeleted',
          message: 'All content successfully deleted, may be waiting on finalization',
        },
    left
      ? {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${listed(remains.counts, (r, n) => `${r} has ${n} resource instances`)}`,
        }
      : { type: 'NamespaceContentRemaining', status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' },
    held
      ? {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${listed(remains.finalizers, (f, n) => `${f} in ${n} resource instances`)}`,
        }
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'False',
          reason: 'ContentHasNoFinalizers',
          message: 'All content-preserving finalizers finished',
        },
  ]
}

/** Conditions after this look; a transition time changes only with its status. */
export function conditionsFor(current: readonly NamespaceCondition[] | undefined, remains: Remains, nowMs: number): NamespaceCondition[] {
  return texts(remains).map((text) => {
    const old = current?.find((c) => c.type === text.type)
    return { ...text, lastTransitionTime: old?.status === text.status ? (old.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs) }
  })
}
