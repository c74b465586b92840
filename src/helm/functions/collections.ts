/** sprig's functions of lists and dictionaries, and its defaults. */
import { deepCopy, deepEqual, type Fields, goText, has, isMap, isTrue, put, sortedKeys } from '../template/values.ts'
import { type Functions, type FunctionWorld, fn } from './contract.ts'

const nothing = (value: unknown): boolean => value === null || value === undefined
const empty = (value: unknown): boolean => !isTrue(value)

const listOf = (value: unknown, name: string): unknown[] => {
  if (Array.isArray(value)) return value
  throw new Error(`Cannot find ${name} on type ${nothing(value) ? 'invalid' : typeof value === 'object' ? 'map' : typeof value}`)
}

/** Into `target`, from each source what it lacks (or, overwriting, what is not empty). */
function mergeInto(target: Fields, source: Fields, overwrite: boolean): Fields {
  for (const key of Object.keys(source)) {
    const value = source[key]
    const there = has(target, key) ? target[key] : undefined
    if (isMap(there) && isMap(value)) mergeInto(there, value, overwrite)
    else if (overwrite ? !empty(value) || !has(target, key) : empty(there)) put(target, key, value)
  }
  return target
}

function dig(...args: unknown[]): unknown {
  if (args.length < 3) throw new Error('dig needs at least three arguments')
  let at = args[args.length - 1]
  const fallback = args[args.length - 2]
  for (const key of args.slice(0, -2)) {
    if (!isMap(at)) throw new Error(`interface conversion: interface {} is ${goText(at)}, not map[string]interface {}`)
    if (!has(at, String(key))) return fallback
    at = at[String(key)]
  }
  return at
}

function pairs(...args: unknown[]): Fields {
  const out: Fields = {}
  for (let i = 0; i < args.length; i += 2) put(out, goText(args[i]), i + 1 < args.length ? args[i + 1] : '')
  return out
}

const unique = (list: readonly unknown[]): unknown[] => {
  const out: unknown[] = []
  const plain = new Set<unknown>()
  for (const item of list) {
    if (typeof item === 'object' && item !== null ? out.some((x) => deepEqual(x, item)) : plain.has(item)) continue
    plain.add(item)
    out.push(item)
  }
  return out
}

function sliceOf(list: unknown, ...at: unknown[]): unknown {
  return listOf(list, 'slice').slice(...at.map(Number))
}

export function collectionFunctions({ budget }: FunctionWorld): Functions {
  const merge = (overwrite: boolean) =>
    fn('mm*', (target: Fields, ...sources: Fields[]) => {
      for (const source of sources) {
        budget.walk([target, source])
        mergeInto(target, source, overwrite)
      }
      return target
    })
  const mustMerge = (overwrite: boolean) =>
    fn('mm*', (target: Fields, ...sources: Fields[]) => {
      budget.walk([target, ...sources])
      for (const source of sources) mergeInto(target, deepCopy(source), overwrite)
      return target
    })
  const copied = fn('a', (v) => {
    budget.walk(v)
    return deepCopy(v)
  })
  const appended = fn('aa', (list, item) => [...listOf(list, 'push'), item])
  const functions: Functions = {
    default: fn('aa*', (fallback, ...given) => (given.length === 0 || empty(given[0]) ? fallback : given[0])),
    empty: fn('a', empty),
    coalesce: fn('a*', (...values) => values.find((v) => !empty(v)) ?? null),
    ternary: fn('aab', (yes, no, condition) => (condition ? yes : no)),
    fail: fn('s', (message) => {
      throw new Error(message)
    }),
    list: fn('a*', (...values) => values),
    tuple: fn('a*', (...values) => values),
    first: fn('a', (l) => listOf(l, 'first')[0] ?? null),
    last: fn('a', (l) => listOf(l, 'last').at(-1) ?? null),
    rest: fn('a', (l) => listOf(l, 'rest').slice(1)),
    initial: fn('a', (l) => listOf(l, 'initial').slice(0, -1)),
    append: appended,
    push: appended,
    prepend: fn('aa', (list, item) => [item, ...listOf(list, 'prepend')]),
    concat: fn('a*', (...lists) => lists.flatMap((l) => listOf(l, 'concat'))),
    reverse: fn('a', (l) => [...listOf(l, 'reverse')].reverse()),
    uniq: fn('a', (l) => {
      budget.walk(l)
      const list = listOf(l, 'uniq')
      budget.spend(list.some((x) => typeof x === 'object') ? list.length ** 2 : 0)
      return unique(list)
    }),
    without: fn('aa*', (l, ...gone) => listOf(l, 'without').filter((x) => !gone.some((g) => deepEqual(g, x)))),
    has: fn('aa', (item, l) => !nothing(l) && listOf(l, 'has').some((x) => deepEqual(x, item))),
    compact: fn('a', (l) => listOf(l, 'compact').filter((x) => !empty(x))),
    chunk: fn('ia', (size: bigint, l) => {
      const list = listOf(l, 'chunk')
      const width = Math.max(1, Number(size))
      return Array.from({ length: Math.ceil(list.length / width) }, (_x, i) => list.slice(i * width, (i + 1) * width))
    }),
    mustSlice: fn('aa*', sliceOf),
    all: fn('a*', (...values) => values.every((v) => !empty(v))),
    any: fn('a*', (...values) => values.some((v) => !empty(v))),
    dict: fn('a*', pairs),
    get: fn('ms', (map: Fields, key: string) => (has(map, key) ? map[key] : '')),
    set: fn('msa', (map: Fields, key: string, value) => {
      put(map, key, value ?? null)
      return map
    }),
    unset: fn('ms', (map: Fields, key: string) => {
      delete map[key]
      return map
    }),
    hasKey: fn('ms', (map: Fields, key: string) => has(map, key)),
    pluck: fn('sm*', (key: string, ...maps: Fields[]) => maps.filter((m) => has(m, key)).map((m) => m[key])),
    // Go's maps have no order; here keys are always sorted.
    keys: fn('m*', (...maps: Fields[]) => maps.flatMap(sortedKeys)),
    values: fn('m', (map: Fields) => sortedKeys(map).map((k) => map[k])),
    pick: fn('ms*', (map: Fields, ...keys: string[]) => {
      const out: Fields = {}
      for (const key of keys) if (has(map, key)) put(out, key, map[key])
      return out
    }),
    omit: fn('ms*', (map: Fields, ...keys: string[]) => {
      const out: Fields = {}
      for (const key of Object.keys(map)) if (!keys.includes(key)) put(out, key, map[key])
      return out
    }),
    merge: merge(false),
    mergeOverwrite: merge(true),
    mustMerge: mustMerge(false),
    mustMergeOverwrite: mustMerge(true),
    deepCopy: copied,
    dig: fn('a*', dig),
  }
  const strict = [
    'first',
    'last',
    'rest',
    'initial',
    'append',
    'push',
    'prepend',
    'reverse',
    'uniq',
    'without',
    'has',
    'compact',
    'chunk',
    'deepCopy',
  ]
  const doubles = strict.map((name) => [`must${name[0]!.toUpperCase()}${name.slice(1)}`, functions[name]!] as const)
  return { ...functions, ...Object.fromEntries(doubles) }
}
