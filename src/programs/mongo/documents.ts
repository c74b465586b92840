/** Filters, updates, sorting and projection of documents: the operators people use; the others say that they are not simulated. */
import { type Doc, isObject, type Json, MongoError } from './contract.ts'

export const keyOf = (id: Json): string => JSON.stringify(id)
const notHere = (what: string): MongoError => new MongoError(2, 'BadValue', `${what} is not simulated by clusterlab`)

/** The value at `a.b.0`. */
export function valueAt(doc: Json | undefined, path: string): Json | undefined {
  let at: Json | undefined = doc
  for (const part of path.split('.')) {
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(part)]
    else if (isObject(at)) at = at[part]
    else return undefined
  }
  return at
}

const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(a ?? null) === JSON.stringify(b)
const plain = (v: Json | undefined): Json | undefined => (isObject(v) ? (v['$date'] ?? v['$oid'] ?? v) : v)

function compare(a: Json | undefined, b: Json | undefined): number {
  const [x, y] = [plain(a), plain(b)]
  if (typeof x === 'number' && typeof y === 'number') return x - y
  if (typeof x === 'string' && typeof y === 'string') return x < y ? -1 : x > y ? 1 : 0
  const rank = (v: Json | undefined): number =>
    v === undefined || v === null ? 0 : typeof v === 'number' ? 1 : typeof v === 'string' ? 2 : 3
  return rank(x) - rank(y)
}

function test(value: Json | undefined, condition: Json): boolean {
  const isOperator = isObject(condition) && Object.keys(condition).some((k) => k.startsWith('$') && k !== '$oid' && k !== '$date')
  if (!isOperator) return same(value, condition) || (Array.isArray(value) && (value as readonly Json[]).some((v) => same(v, condition)))
  const comparable = (b: Json): boolean => typeof plain(value) === typeof plain(b)
  return Object.entries(condition as Doc).every(([op, b]) => {
    switch (op) {
      case '$eq':
        return test(value, b)
      case '$ne':
        return !test(value, b)
      case '$gt':
        return comparable(b) && compare(value, b) > 0
      case '$gte':
        return comparable(b) && compare(value, b) >= 0
      case '$lt':
        return comparable(b) && compare(value, b) < 0
      case '$lte':
        return comparable(b) && compare(value, b) <= 0
      case '$in':
        return (b as readonly Json[]).some((x) => test(value, x))
      case '$nin':
        return !(b as readonly Json[]).some((x) => test(value, x))
      case '$exists':
        return (value !== undefined) === Boolean(b)
      default:
        throw notHere(op)
    }
  })
}

export function matches(doc: Doc, filter: Doc): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return (condition as readonly Doc[]).every((f) => matches(doc, f))
    if (key === '$or') return (condition as readonly Doc[]).some((f) => matches(doc, f))
    if (key.startsWith('$')) throw notHere(key)
    return test(valueAt(doc, key), condition)
  })
}

function put(doc: Doc, path: string, value: Json | undefined): Doc {
  const [first = '', ...rest] = path.split('.')
  if (rest.length > 0) {
    const inner = doc[first]
    return { ...doc, [first]: put(isObject(inner) ? inner : {}, rest.join('.'), value) }
  }
  if (value !== undefined) return { ...doc, [first]: value }
  const { [first]: _gone, ...left } = doc
  return left
}

/** The document after an update: operators, or a whole new one. */
export function updated(doc: Doc, update: Doc): Doc {
  const operators = Object.keys(update).filter((k) => k.startsWith('$'))
  if (operators.length === 0) return { _id: doc['_id']!, ...update }
  let out = doc
  for (const op of operators)
    for (const [path, value] of Object.entries(update[op] as Doc)) {
      const now = valueAt(out, path)
      if (op === '$set') out = put(out, path, value)
      else if (op === '$unset') out = put(out, path, undefined)
      else if (op === '$inc') out = put(out, path, Number(now ?? 0) + Number(value))
      else if (op === '$push') out = put(out, path, [...((now as readonly Json[] | undefined) ?? []), value])
      else if (op === '$setOnInsert') continue
      else throw notHere(op)
    }
  return out
}

export function sorted(docs: readonly Doc[], sort: Doc): readonly Doc[] {
  const keys = Object.entries(sort)
  if (keys.length === 0) return docs
  return [...docs].sort((a, b) => {
    for (const [path, way] of keys) {
      const difference = compare(valueAt(a, path), valueAt(b, path))
      if (difference !== 0) return difference * Number(way)
    }
    return 0
  })
}

export function projected(doc: Doc, projection: Doc): Doc {
  const keys = Object.entries(projection)
  const includes = keys.some(([k, v]) => k !== '_id' && Boolean(v))
  const kept = Object.entries(doc).filter(([k]) => {
    const wish = projection[k]
    if (k === '_id') return wish === undefined || Boolean(wish)
    return keys.length === 0 || (includes ? Boolean(wish) : wish === undefined || Boolean(wish))
  })
  return Object.fromEntries(kept)
}
