/** What a helm command is and what it holds while it runs. */
import type { KubectlHost, Steps } from '../kubectl/contract.ts'
import type { FlagDefinition, Flags } from '../kubectl/flags/pflag.ts'
import type { Kube } from '../kubectl/kube.ts'
import type { Releases } from './release/storage.ts'

/** The helm this models. */
export const HELM_VERSION = 'v3.18.6'

export interface HelmContext {
  readonly flags: Flags
  readonly args: readonly string[]
  readonly host: KubectlHost
  /** Made at first use, so that what needs no cluster needs no kubeconfig. */
  readonly kube: Kube
  readonly namespace: string
  readonly releases: Releases
  out(text: string): void
  err(text: string): void
  /** A line for `--debug`. */
  debug(text: string): void
  /** The next draw of this run, in [0, 1). */
  random(): number
}

export interface HelmCommand {
  /** `dependency build`. */
  readonly path: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** `[NAME] [CHART]`. */
  readonly usage: string
  readonly flags: readonly FlagDefinition[]
  /** How many arguments: least and most. */
  readonly args: readonly [number, number]
  readonly run: (context: HelmContext) => Steps<number | undefined>
}

export const flag = (name: string, type: FlagDefinition['type'], fallback: string, rest: Partial<FlagDefinition> = {}): FlagDefinition => ({
  name,
  type,
  default: fallback,
  ...rest,
})
export const bool = (name: string, rest: Partial<FlagDefinition> = {}): FlagDefinition => flag(name, 'bool', 'false', rest)
export const text = (name: string, fallback = '', rest: Partial<FlagDefinition> = {}): FlagDefinition =>
  flag(name, 'string', fallback, rest)

/** A command that never waits. */
export const plain = (run: (context: HelmContext) => number | undefined): HelmCommand['run'] =>
  // biome-ignore lint/correctness/useYield: a command is a generator even when it has nothing to wait for
  function* (context) {
    return run(context)
  }
