/** What `why` finds: statements about an object from the cluster's state, each in both languages, and where to look next. */
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { World } from '../../cluster/world.ts'
import type { Both } from '../contract.ts'

export interface Finding {
  /** `bad`: a cause; `note`: worth knowing; `fine`: nothing wrong here. */
  readonly kind: 'bad' | 'note' | 'fine'
  readonly say: Both
  /** A command that shows more. */
  readonly next?: string
}

export interface WhyContext {
  readonly world: World
  readonly read: IndexedReader
  readonly nowMs: number
}

export interface Explainer<T extends ApiObject = ApiObject> {
  /** As readers name it: `pods`, `deployments.apps`. */
  readonly resource: string
  explain(object: T, context: WhyContext): Finding[]
}

export const bad = (en: string, es: string, next?: string): Finding => ({
  kind: 'bad',
  say: { en, es },
  ...(next !== undefined && { next }),
})
export const note = (en: string, es: string, next?: string): Finding => ({
  kind: 'note',
  say: { en, es },
  ...(next !== undefined && { next }),
})
export const fine = (en: string, es: string, next?: string): Finding => ({
  kind: 'fine',
  say: { en, es },
  ...(next !== undefined && { next }),
})

/** `-n shop ` unless it is plain where the object lives. */
export const nOf = (object: ApiObject): string => (object.metadata.namespace === undefined ? '' : ` -n ${object.metadata.namespace}`)
