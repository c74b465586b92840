/**
 * `--sort-by`: rows and objects ordered by a JSONPath (kubectl's RuntimeSorter and TableSorter).
 */
import { ApiError } from '../../../api/errors.ts'
import { jsonPathValues, relaxedJsonPath } from '../../../api/jsonpath.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { compareQuantities, quantityError } from '../../../api/quantity.ts'
import type { Table } from '../../../apiserver/contract.ts'
import { CommandError } from '../../errors.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'

/** Order of people: runs of digits by their value. */
export function naturalCompare(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|\D/g) ?? []
  const x = parts(a)
  const y = parts(b)
  for (let i = 0; i < x.length && i < y.length; i++) {
    const p = x[i]!
    const q = y[i]!
    if (p === q) continue
    if (/\d/.test(p) && /\d/.test(q)) {
      const difference = BigInt(p) - BigInt(q)
      if (difference !== 0n) return difference < 0n ? -1 : 1
      return q.length - p.length
    }
    return p < q ? -1 : 1
  }
  return x.length - y.length
}

/** kubectl's order of two values: nothing first, quantities by size, texts naturally. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1
  if (b === undefined || b === null) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') {
    if (quantityError(a) === undefined && quantityError(b) === undefined) return compareQuantities(a, b)
    return naturalCompare(a, b)
  }
  return naturalCompare(JSON.stringify(a), JSON.stringify(b))
}

const firstValue = (object: ApiObject, path: string): unknown => jsonPathValues(object, path)[0]

function inOrder<T>(items: readonly T[], key: (item: T) => unknown): T[] | undefined {
  const keyed = items.map((item) => ({ item, value: key(item) }))
  if (keyed.length > 0 && keyed.every(({ value }) => value === undefined)) return undefined
  return keyed.sort((x, y) => compareValues(x.value, y.value)).map(({ item }) => item)
}

/** The table with its rows in order; undefined where the path leads nowhere (kubectl then prints no rows). */
export function sortTable(context: VerbContext, info: Info, path: string): Table | undefined {
  const table = info.table!
  if (info.name !== '') return table
  const { flags } = context
  const label = flags.text('selector')
  const field = flags.text('field-selector')
  const full = context.kube.list(info.kind, info.namespace, {
    ...(label === '' ? {} : { labelSelector: label }),
    ...(field === '' ? {} : { fieldSelector: field }),
  })
  const byName = new Map(full.items.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]))
  try {
    const rows = inOrder(table.rows, (row) => {
      const object = byName.get(`${row.object.metadata.namespace}/${row.object.metadata.name}`)
      return object === undefined ? undefined : firstValue(object, path)
    })
    return rows === undefined ? undefined : { ...table, rows }
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

export const noSuchField = (path: string): CommandError =>
  new CommandError(`couldn't find any field with path ${JSON.stringify(relaxedJsonPath(path))} in the list of objects`)

/** Objects in order; throws for a path that no object has. */
export function sortObjects(objects: readonly ApiObject[], path: string): ApiObject[] {
  const sorted = inOrder(objects, (object) => firstValue(object, path))
  if (sorted === undefined) throw noSuchField(path)
  return sorted
}
