/**
 * `/eviction`: deletes a pod if its disruption budget allows it, and charges the budget (registry/core/pod/storage EvictionREST).
 */
import { ApiError, errors, type StatusCause } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { PodDisruptionBudget } from '../../api/generated/types/policy-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { type LabelSelector, labelSelectorMatches } from '../../api/selectors.ts'
import { isRecord } from '../../api/walk.ts'
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import { Exchange } from '../exchange.ts'
import { SERVER_USER } from '../server.ts'
import { deleteExisting, deleteOptionsOf } from '../write/delete.ts'
import { existing } from '../write/update.ts'
import { created } from './binding.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

const BUDGETS = 'poddisruptionbudgets.policy'
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget."

function budgetsOf(x: Exchange, pod: Pod): readonly PodDisruptionBudget[] {
  const all = x.server.reader.list(BUDGETS, pod.metadata.namespace)
  return all.filter((b) => b.spec?.selector !== undefined && labelSelectorMatches(b.spec.selector as LabelSelector, pod.metadata.labels))
}

const tooMany = (message: string): ApiError => {
  const cause: StatusCause = { reason: 'DisruptionBudget', message }
  return errors.tooManyRequests(VIOLATES, [cause])
}

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true

/** A pod that serves nobody may go without asking its budget. */
function needsNoBudget(pod: Pod): boolean {
  const phase = pod.status?.phase
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
}

function unhealthyMayGo(pod: Pod, budget: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {}
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy
}

/** The budget's status with one disruption more; throws 429 when it has none left. */
function charged(x: Exchange, pod: Pod, budget: PodDisruptionBudget): PodDisruptionBudget['status'] {
  const { name, generation = 0 } = budget.metadata
  const status = budget.status
  if (status === undefined || (status.observedGeneration ?? 0) < generation) {
    throw tooMany(`The disruption budget ${name} is still being processed by the server.`)
  }
  const allowed = status.disruptionsAllowed ?? 0
  if (allowed < 0) throw errors.forbidden('policy', 'poddisruptionbudget', name, 'pdb disruptions allowed is negative')
  if (allowed === 0) {
    throw tooMany(
      `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    )
  }
  return {
    ...status,
    disruptionsAllowed: allowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: formatTime(x.nowMs) },
  }
}

function writeBudget(x: Exchange, budget: PodDisruptionBudget, status: PodDisruptionBudget['status']): void {
  const { name, namespace } = budget.metadata
  const answer = x.server.handle({
    verb: 'update',
    group: 'policy',
    version: 'v1',
    resource: 'poddisruptionbudgets',
    subresource: 'status',
    name,
    ...(namespace !== undefined && { namespace }),
    user: SERVER_USER,
    internal: true,
    body: { ...budget, status },
  })
  if (answer.code >= 400) throw new ApiError(answer.body as ApiError['status'])
}

function askBudget(x: Exchange, pod: Pod): void {
  if (needsNoBudget(pod)) return
  const budgets = budgetsOf(x, pod)
  if (budgets.length === 0) return
  if (budgets.length > 1) {
    throw errors.internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  }
  const budget = budgets[0]!
  if (unhealthyMayGo(pod, budget)) return
  const status = charged(x, pod, budget)
  if (!x.dryRun) writeBudget(x, budget, status)
}

/** The eviction's own delete options, as those of a delete request. */
function asDelete(x: Exchange): Exchange {
  const body = isRecord(x.request.body) ? x.request.body : {}
  const options = isRecord(body['deleteOptions']) ? body['deleteOptions'] : {}
  const dryRun = x.dryRun || (Array.isArray(options['dryRun']) && options['dryRun'].includes('All'))
  const request: ApiRequest = { ...x.request, body: options, query: { ...x.request.query, dryRun } }
  return new Exchange(x.server, request, x.kind)
}

function evict(x: Exchange): ApiAnswer {
  const deletion = asDelete(x)
  const pod = existing(deletion) as Pod
  const options = deleteOptionsOf(deletion)
  askBudget(deletion, pod)
  deleteExisting(deletion, pod, options)
  return x.answer(201, created)
}

export const eviction: SubresourceDefinition = {
  name: 'eviction',
  of: isResource('', 'pods'),
  responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
  verbs: { create: evict },
}
