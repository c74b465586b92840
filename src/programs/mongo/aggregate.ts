/** Aggregation: a pipeline of stages over documents. The stages and expressions people meet first; the others say that they are not simulated. */
import { type Doc, isObject, type Json, MongoError } from './contract.ts'
import { matches, projected, sorted, valueAt } from './documents.ts'

const notHere = (what: string): MongoError => new MongoError(40324, 'Location40324', `${what} is not simulated by clusterlab`)
const wrong = (message: string): MongoError => new MongoError(9, 'FailedToParse', message)
const list = (v: Json | undefined): readonly Json[] => (Array.isArray(v) ? (v as readonly Json[]) : v === undefined ? [] : [v])
const numbers = (values: readonly (Json | undefined)[]): number[] => values.filter((v): v is number => typeof v === 'number')
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** An expression's value for one document: a path, a constant, an operator. Undefined: the field is missing. */
export function evaluate(e: Json, doc: Doc): Json | undefined {
  if (typeof e === 'string') return e === '$$ROOT' ? doc : e.startsWith('$') ? valueAt(doc, e.slice(1)) : e
  if (Array.isArray(e)) return (e as readonly Json[]).map((x) => evaluate(x, doc) ?? null)
  if (!isObject(e)) return e
  const operator = Object.keys(e).find((k) => k.startsWith('$') && k !== '$oid' && k !== '$date')
  if (operator === undefined) return Object.fromEntries(Object.entries(e).map(([k, v]) => [k, evaluate(v, doc) ?? null]))
  const given = e[operator]!
  const args = list(given).map((a) => evaluate(a, doc))
  const [a, b] = args
  switch (operator) {
    case '$literal':
      return given
    case '$add':
      return total(numbers(args))
    case '$multiply':
      return numbers(args).reduce((x, y) => x * y, 1)
    case '$subtract':
      return Number(a) - Number(b)
    case '$divide':
      if (b === 0) throw new MongoError(2, 'BadValue', "can't $divide by zero")
      return Number(a) / Number(b)
    case '$concat':
      return args.some((x) => x === undefined || x === null) ? null : args.join('')
    case '$toUpper':
      return String(a ?? '').toUpperCase()
    case '$toLower':
      return String(a ?? '').toLowerCase()
    case '$size':
      if (!Array.isArray(a)) throw new MongoError(17124, 'Location17124', 'The argument to $size must be an array')
      return a.length
    case '$ifNull':
      return args.find((x) => x !== undefined && x !== null) ?? null
    default:
      throw notHere(`the expression ${operator}`)
  }
}

/** One field of a $group: what its accumulator makes of the group's documents. */
function accumulated(field: string, spec: Json, docs: readonly Doc[]): Json {
  const [operator = ''] = isObject(spec) ? Object.keys(spec) : []
  if (!operator.startsWith('$')) throw new MongoError(40234, 'Location40234', `The field '${field}' must be an accumulator object`)
  const of = (spec as Doc)[operator]!
  const values = docs.map((d) => evaluate(of, d))
  const given = values.map((v) => v ?? null)
  const inOrder = (): readonly Doc[] =>
    sorted(
      values.filter((v) => v !== undefined && v !== null).map((v): Doc => ({ v: v! })),
      { v: 1 },
    )
  switch (operator) {
    case '$sum':
      return total(numbers(values))
    case '$avg':
      return numbers(values).length === 0 ? null : total(numbers(values)) / numbers(values).length
    case '$min':
      return inOrder()[0]?.['v'] ?? null
    case '$max':
      return inOrder().at(-1)?.['v'] ?? null
    case '$first':
      return given[0] ?? null
    case '$last':
      return given.at(-1) ?? null
    case '$push':
      return values.filter((v): v is Json => v !== undefined)
    case '$addToSet':
      return [...new Map(values.filter((v): v is Json => v !== undefined).map((v) => [JSON.stringify(v), v])).values()]
    case '$count':
      return docs.length
    default:
      throw notHere(`the accumulator ${operator}`)
  }
}

function grouped(spec: Doc, docs: readonly Doc[]): readonly Doc[] {
  const { _id: id, ...fields } = spec
  if (id === undefined) throw new MongoError(15955, 'Location15955', 'a group specification must include an _id')
  const groups = new Map<string, { id: Json; docs: Doc[] }>()
  for (const doc of docs) {
    const value = evaluate(id, doc) ?? null
    const key = JSON.stringify(value)
    const group = groups.get(key) ?? { id: value, docs: [] }
    group.docs.push(doc)
    groups.set(key, group)
  }
  return [...groups.values()].map((g) => ({
    _id: g.id,
    ...Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, accumulated(k, v, g.docs)])),
  }))
}

/** $project: what is kept, and what is worked out. */
function shaped(spec: Doc, doc: Doc): Doc {
  const computed = Object.entries(spec).filter(([, v]) => typeof v === 'string' || isObject(v))
  const plain = Object.fromEntries(Object.entries(spec).filter(([, v]) => typeof v !== 'string' && !isObject(v)))
  const kept: Doc =
    computed.length > 0 && !Object.entries(plain).some(([k, v]) => k !== '_id' && Boolean(v))
      ? plain['_id'] === 0 || plain['_id'] === false || doc['_id'] === undefined
        ? {}
        : { _id: doc['_id'] }
      : projected(doc, plain)
  return { ...kept, ...valued(computed, doc) }
}
const valued = (fields: readonly (readonly [string, Json])[], doc: Doc): Doc =>
  Object.fromEntries(
    fields.flatMap(([k, e]) => {
      const v = evaluate(e, doc)
      return v === undefined ? [] : [[k, v]]
    }),
  )

function unwound(spec: Json, doc: Doc): readonly Doc[] {
  const path = typeof spec === 'string' ? spec : isObject(spec) && typeof spec['path'] === 'string' ? spec['path'] : ''
  if (!path.startsWith('$'))
    throw new MongoError(28818, 'Location28818', `path option to $unwind stage should be prefixed with a '$': ${path}`)
  const name = path.slice(1)
  if (name.includes('.')) throw notHere('$unwind of a field within a field')
  const value = doc[name]
  if (value === undefined || value === null) return []
  return list(value).map((v) => ({ ...doc, [name]: v }))
}

function stage(name: string, spec: Json, docs: readonly Doc[]): readonly Doc[] {
  const object = (): Doc => {
    if (!isObject(spec)) throw wrong(`the ${name} specification must be an object`)
    return spec
  }
  switch (name) {
    case '$match':
      return docs.filter((d) => matches(d, object()))
    case '$group':
      return grouped(object(), docs)
    case '$sort':
      return sorted(docs, object())
    case '$project':
      return docs.map((d) => shaped(object(), d))
    case '$set':
    case '$addFields':
      return docs.map((d) => ({ ...d, ...valued(Object.entries(object()), d) }))
    case '$limit':
      return docs.slice(0, Number(spec))
    case '$skip':
      return docs.slice(Number(spec))
    case '$count':
      return docs.length === 0 ? [] : [{ [String(spec)]: docs.length }]
    case '$unwind':
      return docs.flatMap((d) => unwound(spec, d))
    case '$sortByCount':
      return sorted(grouped({ _id: spec, count: { $sum: 1 } }, docs), { count: -1 })
    default:
      throw notHere(`the stage ${name}`)
  }
}

/** The documents after all stages. Throws MongoError. */
export function aggregated(docs: readonly Doc[], pipeline: readonly Json[]): readonly Doc[] {
  let now = docs
  for (const given of pipeline) {
    const [name, ...more] = isObject(given) ? Object.keys(given) : []
    if (name === undefined || more.length > 0)
      throw new MongoError(40323, 'Location40323', 'A pipeline stage specification object must contain exactly one field.')
    now = stage(name, (given as Doc)[name]!, now)
  }
  return now
}
