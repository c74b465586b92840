/**
 * Creating and deleting many pods as upstream's workload controllers do: creations in batches of 1, 2, 4 … that stop at the first
 * batch with a failure, each outcome told in an event of the owner.
 */
import { type ApiError, isApiError } from '../api/errors.ts'
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { ApiObject } from '../api/meta.ts'
import type { ReconcileContext } from '../client/contract.ts'

export const BURST = 500

/** Runs `create(0..count-1)`; returns how many worked and the first error. */
export function slowStart(count: number, create: (index: number) => void): { created: number; error: ApiError | undefined } {
  let created = 0
  let next = 0
  for (let batch = 1; next < count; batch *= 2) {
    let error: ApiError | undefined
    for (const end = Math.min(next + batch, count); next < end; next++) {
      try {
        create(next)
        created++
      } catch (thrown) {
        if (!isApiError(thrown)) throw thrown
        error ??= thrown
      }
    }
    if (error !== undefined) return { created, error }
  }
  return { created, error: undefined }
}

/** A namespace on its way out refuses new content: a failure nobody needs an event or a retry for. */
export const namespaceEnding = (error: ApiError): boolean =>
  error.status.details?.causes?.some((c) => c.reason === 'NamespaceTerminating') === true ||
  error.message.endsWith('because it is being terminated')

export function createPod(context: ReconcileContext, owner: ApiObject, pod: Pod): Pod {
  try {
    const made = context.write.create('pods', pod)
    context.events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
    return made
  } catch (error) {
    if (isApiError(error) && !namespaceEnding(error))
      context.events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`)
    throw error
  }
}

export function deletePod(context: ReconcileContext, owner: ApiObject, pod: Pod): void {
  try {
    context.write.delete('pods', pod.metadata.namespace, pod.metadata.name, pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid })
    context.events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  } catch (error) {
    if (isApiError(error, 'NotFound')) return
    if (isApiError(error)) context.events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`)
    throw error
  }
}
