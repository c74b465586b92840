/**
 * CEL expressions as the API uses them (CRD rules, admission policies): parsed once, run on plain JSON. Integers become CEL ints.
 */
import { Environment } from '@marcbachmann/cel-js'
import { withAuthorizer } from './authorizer.ts'
import { countNodes, countReady, withinCallLimit } from './cost.ts'
import { withoutObjectTypes } from './object-literals.ts'
import { withKubernetesTypes } from './quantities.ts'
import { withStrings } from './strings.ts'

export interface CelRule {
  /** Throws Error with CEL's message when evaluation fails (no such key, no such overload). */
  readonly run: (context: Readonly<Record<string, unknown>>) => unknown
}

type Comparable = bigint | number | string

const less = (a: Comparable, b: Comparable): boolean => a < b
const extreme = (list: readonly Comparable[], keep: (a: Comparable, b: Comparable) => boolean): Comparable => {
  if (list.length === 0) throw new Error('min/max called on empty list')
  return list.reduce((best, item) => (keep(item, best) ? item : best))
}

// Lists of mixed types are let in for the arguments of `format`, which the real compiler lets in there alone.
const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerFunction('list.isSorted(): bool', (list: Comparable[]) => list.every((v, i) => i === 0 || !less(v, list[i - 1]!)))
  .registerFunction('list.sum(): dyn', (list: (bigint | number)[]) =>
    list.reduce<bigint | number>((sum, v) => (typeof v === 'bigint' && typeof sum === 'bigint' ? sum + v : Number(sum) + Number(v)), 0n),
  )
  .registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, less))
  .registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, (a, b) => less(b, a)))
  .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)))
  .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)))

withAuthorizer(withStrings(withKubernetesTypes(environment)))
countNodes(environment.parse('true').ast as object)

/** JSON as CEL sees it: whole numbers are ints. */
export function celValue(value: unknown): unknown {
  countReady()
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(celValue)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, celValue(child)]))
  return value
}

/** cel-go's own words for what our library says in others. */
function reworded(e: unknown): Error {
  const [first = ''] = (e instanceof Error ? e.message : String(e)).split('\n')
  if (/no matching overload|no such overload/i.test(first)) return new Error('no such overload')
  return new Error(first.replace(/^No such key/, 'no such key').replace(/^(List index|Index) out of bounds/, 'index out of bounds'))
}

/** The tree of an expression; undefined for a text that cannot be read. */
export function celSyntax(text: string): unknown {
  try {
    return environment.parse(withoutObjectTypes(text)).ast
  } catch {
    return undefined
  }
}

const CACHE_LIMIT = 1000
const compiled = new Map<string, CelRule | Error>()

function compile(text: string): CelRule | Error {
  try {
    const parsed = environment.parse(withoutObjectTypes(text))
    const run = (context: Readonly<Record<string, unknown>>): unknown => {
      try {
        return withinCallLimit(() => parsed(context))
      } catch (e) {
        throw reworded(e)
      }
    }
    return { run }
  } catch (e) {
    return e instanceof Error ? e : new Error(String(e))
  }
}

/** The rule, or the Error its text makes. */
export function celRule(text: string): CelRule | Error {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const fresh = compile(text)
  if (compiled.size >= CACHE_LIMIT) compiled.clear()
  compiled.set(text, fresh)
  return fresh
}
