/**
 * What a verb is: a record with the path of its command and a generator that runs it.
 */
import type { KubectlHost, Steps } from './contract.ts'
import type { Flags } from './flags/pflag.ts'
import type { Kube } from './kube.ts'

/** What a running verb holds. Text given to `out` and `err` is yielded in its order before the next wait. */
export interface VerbContext {
  /** `kubectl rollout status`. */
  readonly path: string
  readonly flags: Flags
  readonly args: readonly string[]
  /** How many arguments stand before `--`; -1 without one. */
  readonly dash: number
  readonly host: KubectlHost
  /** Made at first use, so that verbs that talk to no server need no kubeconfig. */
  readonly kube: Kube
  out(text: string): void
  err(text: string): void
}

/** One verb. It returns an exit code (0 when it returns nothing) or throws. */
export interface VerbDefinition {
  readonly path: string
  readonly run: (context: VerbContext) => Steps<number | undefined>
}

/** A verb that never waits. */
export function plainVerb(path: string, run: (context: VerbContext) => number | undefined): VerbDefinition {
  return {
    path,
    // biome-ignore lint/correctness/useYield: a verb is a generator even when it has nothing to wait for
    *run(context) {
      return run(context)
    },
  }
}
