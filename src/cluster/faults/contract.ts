/** What a fault is: one record a kind, which acts on a world at one instant. When it happens is the caller's matter. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { World } from '../world.ts'

export type FaultTarget =
  | { readonly node: string }
  /** The node that a pod with these labels runs on. */
  | { readonly nodeOf: Readonly<Record<string, string>> }
  /** `name`: that very pod. */
  | { readonly pods: Readonly<Record<string, string>>; readonly namespace?: string; readonly count?: number; readonly name?: string }
  /** Ends are nodes, pods as `namespace/name`, addresses, blocks, or machines outside; without `to` everything else. */
  | { readonly link: { readonly from: string; readonly to?: string } }
  | { readonly component: string }

export interface Fault {
  readonly kind: string
  readonly target: FaultTarget
  /** For delay (`200ms`), loss (`10%`) and disk-full (`100%`: how full; 95% when absent). */
  readonly amount?: string
}

/** Thrown for a fault that cannot be done: says what to use instead. */
export class FaultError extends Error {
  override readonly name = 'FaultError'
}

export interface FaultDefinition {
  readonly kind: string
  /** The kind that takes it back, for faults that last a while. */
  readonly endedBy?: string
  /** How its amount is written, where it takes one; in brackets where it may be left out. */
  readonly amount?: string
  node?(world: World, node: string, amount: string | undefined): void
  pod?(world: World, pod: Pod): void
  component?(world: World, component: string): void
  link?(world: World, link: { readonly from: string; readonly to?: string }, amount: string | undefined): void
}
