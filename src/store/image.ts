/** A store's whole content as plain data. */
import type { ApiObject } from '../api/meta.ts'
import type { CellsImage } from './cells.ts'

/** All that a store holds but the log of past changes: whoever loads it goes on as if it had come here itself. */
export interface StoreImage {
  readonly revision: number
  readonly logPosition: number
  readonly objects: readonly (readonly [resource: string, object: ApiObject])[]
  readonly cells: CellsImage
}
