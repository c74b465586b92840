/** A subresource as one record: which kinds have it, and what each verb does. */
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiAnswer, Verb } from '../contract.ts'
import type { Exchange } from '../exchange.ts'

export interface SubresourceDefinition {
  readonly name: string
  /** Kinds that have it. */
  readonly of: (kind: KindDefinition) => boolean
  readonly verbs: Partial<Readonly<Record<Verb, (x: Exchange) => ApiAnswer>>>
  /** Group, version and kind of what it answers with, for discovery; the parent's own where absent. */
  readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string }
}

export const isResource =
  (group: string, ...resources: readonly string[]) =>
  (kind: KindDefinition): boolean =>
    kind.group === group && resources.includes(kind.resource)
