/** DefaultPreemption: when no node takes a pod, looks for one where evicting less important pods would help, evicts them, and nominates the node. */
import { isApiError } from '../../../api/errors.ts'
import type { PodCondition } from '../../../api/generated/types/core-v1.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import {
  type CycleState,
  type Diagnosis,
  type Handle,
  type Hands,
  type PluginRecord,
  type PostFilterAnswer,
  type Rejection,
  unresolvable,
} from '../../contract.ts'
import { fitError } from '../../message.ts'
import type { PodInfo } from '../../pod-info.ts'
import { type Candidate, leastHarm, victimsOn } from './victims.ts'

const NOT_HELPFUL = unresolvable('Preemption is not helpful for scheduling')
/** Enough candidates to choose among; evaluating more helps nobody. */
const MAX_CANDIDATES = 100

function ineligible(pod: PodInfo, handle: Handle, diagnosis: Diagnosis): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = pod.pod.status?.nominatedNodeName
  if (!nominated || diagnosis.rejections.get(nominated)?.code === 'unresolvable') return undefined
  const leaving = [...(handle.snapshot.node(nominated)?.pods.values() ?? [])].some(
    (p) => p.priority < pod.priority && p.pod.metadata.deletionTimestamp !== undefined,
  )
  return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

function postFilter(state: CycleState, pod: PodInfo, diagnosis: Diagnosis, handle: Handle, hands: Hands): PostFilterAnswer {
  const why = ineligible(pod, handle, diagnosis)
  if (why !== undefined) return { message: `preemption: ${why}` }
  const budgets = handle.read.list('poddisruptionbudgets.policy')
  const candidates: Candidate[] = []
  const answers: Rejection[] = []
  for (const node of handle.snapshot.nodes) {
    const rejection = diagnosis.rejections.get(node.name)
    if (rejection === undefined || rejection.code === 'unresolvable' || candidates.length >= MAX_CANDIDATES) {
      answers.push(NOT_HELPFUL)
      continue
    }
    const result = victimsOn(state, pod, node, diagnosis, budgets)
    if ('node' in result) candidates.push(result)
    else answers.push(result)
  }
  const best = leastHarm(candidates)
  if (best === undefined) return { message: `preemption: ${fitError(handle.snapshot.nodes.length, answers, '', '')}` }
  for (const victim of best.victims) evict(victim, pod, best.node, handle, hands)
  for (const other of [...handle.snapshot.nominatedOn(best.node)]) if (other.priority < pod.priority) clearNomination(other, hands)
  return { nominated: best.node, message: '' }
}

function evict(victim: PodInfo, by: PodInfo, node: string, handle: Handle, hands: Hands): void {
  const { namespace, name, uid } = victim.pod.metadata
  const now = formatTime(handle.nowMs())
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
    lastTransitionTime: now,
  }
  quietly(() => {
    if (victim.pod.metadata.deletionTimestamp !== undefined) return
    hands.write.modify(
      'pods',
      namespace,
      name,
      (draft) => {
        draft.status = {
          ...draft.status,
          conditions: [...(draft.status?.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget'), condition],
        }
      },
      'status',
    )
    hands.write.delete('pods', namespace, name, uid === undefined ? {} : { uid })
    hands.events.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${by.uid} on node ${node}`, { action: 'Preempting' })
  })
}

function clearNomination(other: PodInfo, hands: Hands): void {
  quietly(() =>
    hands.write.modify('pods', other.namespace, other.pod.metadata.name, (draft) => void delete draft.status?.nominatedNodeName, 'status'),
  )
}

function quietly(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
  }
}

export const defaultPreemption: PluginRecord = { name: 'DefaultPreemption', postFilter }
