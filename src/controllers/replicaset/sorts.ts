/** Pods counted by sort under their controller: whether they run, are ready, and how they are labelled. A set that is complete asks for no more. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, controllerOf } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { ControllerDefinition } from '../../client/contract.ts'
import { isFinished, isReady } from '../pod-state.ts'

const BY_CONTROLLER = 'pod-sorts'

export interface PodSort {
  readonly standing: 'active' | 'terminating' | 'finished'
  readonly ready: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly count: number
}

type Labels = Readonly<Record<string, string>>
const UNLABELLED: Labels = {}
/** Labels as text, in the order of their keys; the same labels object serves many versions of a pod. */
const texts = new WeakMap<Labels, string>()

function labelText(labels: Labels): string {
  let text = texts.get(labels)
  if (text === undefined) {
    const keys = Object.keys(labels).sort()
    text = `{${keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(labels[key])}`).join(',')}}`
    texts.set(labels, text)
  }
  return text
}

const standingOf = (pod: Pod): PodSort['standing'] =>
  isFinished(pod) ? 'finished' : pod.metadata.deletionTimestamp === undefined ? 'active' : 'terminating'

const sortOf = (pod: Pod): string =>
  `${standingOf(pod)} ${isReady(pod) ? 'ready' : 'unready'} ${labelText(pod.metadata.labels ?? UNLABELLED)}`

function read(sort: string, count: number): PodSort {
  const [standing, ready] = sort.split(' ', 2)
  return {
    standing: standing as PodSort['standing'],
    ready: ready === 'ready',
    labels: JSON.parse(sort.slice(standing!.length + ready!.length + 2)),
    count,
  }
}

/** The census that `podSorts` reads. */
export const podSortsCensus: NonNullable<ControllerDefinition['censuses']>[number] = {
  resource: 'pods',
  name: BY_CONTROLLER,
  of: (object: ApiObject) => {
    const controller = controllerOf(object)
    return controller && { under: controller.uid, sort: sortOf(object as Pod) }
  },
}

const inOrder = (counts: ReadonlyMap<string, number>): PodSort[] => [...counts].map(([sort, count]) => read(sort, count))

/** The pods that a controller has. */
export const podSorts = (reader: IndexedReader, controllerUid: string): PodSort[] =>
  inOrder(reader.census('pods', BY_CONTROLLER, controllerUid))

/** Pods by sort, counted here. */
export function sortsOf(pods: readonly Pod[]): PodSort[] {
  const counts = new Map<string, number>()
  for (const pod of pods) {
    const sort = sortOf(pod)
    counts.set(sort, (counts.get(sort) ?? 0) + 1)
  }
  return inOrder(counts)
}
