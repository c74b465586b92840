/**
 * Waiting until objects are gone, as `delete` and `wait --for=delete` do.
 */
import type { KindDefinition } from '../api/kind.ts'
import type { Steps } from './contract.ts'
import { CommandError } from './errors.ts'
import type { VerbContext } from './verb.ts'

export interface Gone {
  readonly kind: KindDefinition
  readonly namespace: string | undefined
  readonly name: string
  /** A new object of the same name is another one. */
  readonly uid: string | undefined
}

const still = (context: VerbContext, gone: Gone): boolean => {
  const object = context.kube.find(gone.kind, gone.namespace, gone.name)
  return object !== undefined && (gone.uid === undefined || object.metadata.uid === gone.uid)
}

/** Waits until all are gone. `timeoutMs` 0 waits for a week, as kubectl does. Throws `timed out waiting …`. */
export function* waitForDeletion(context: VerbContext, list: readonly Gone[], timeoutMs: number): Steps {
  const limit = timeoutMs === 0 ? 7 * 86_400_000 : timeoutMs
  const end = context.host.now() + limit
  for (const gone of list) {
    if (!still(context, gone)) continue
    const answer = yield { until: () => !still(context, gone), timeoutMs: Math.max(0, end - context.host.now()) }
    if (answer?.satisfied === false && still(context, gone))
      throw new CommandError(`timed out waiting for the condition on ${gone.kind.resource}/${gone.name}`)
  }
}
