/**
 * Structural tools over plain JSON values: comparing, copying, freezing, sorted printing, reading and writing by path.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
/** Field names and list indexes from the root down. */
export type Path = readonly (string | number)[]
type AnyRecord = Record<string, any>

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const sortedKeys = (object: object): string[] => Object.keys(object).sort()

/** What the object itself holds under the key, never what its prototype has. */
export const ownValue = (object: Record<string, unknown>, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined)

/** `null`, `array`, `object`, `string`, `number` or `boolean`. */
export const jsonKind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Sets a key that may be `__proto__` without touching the prototype. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else (target as AnyRecord)[key] = value
}

/** Takes a key out of a mutable object. `delete` is dear even where there is nothing to delete. */
export function dropKey<T extends object>(target: T, key: keyof T & string): void {
  if (key in target) delete target[key]
}

function sameArrays(a: readonly unknown[], b: readonly unknown[], same: (x: unknown, y: unknown) => boolean): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false
  return true
}

/** Equal as JSON values; a key holding undefined counts as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b)
  if (Array.isArray(a)) return Array.isArray(b) && sameArrays(a, b, deepEqual)
  if (Array.isArray(b)) return false
  const left = a as AnyRecord
  const right = b as AnyRecord
  let count = 0
  for (const key of Object.keys(left)) {
    if (left[key] === undefined) continue
    count++
    if (!Object.hasOwn(right, key) || !deepEqual(left[key], right[key])) return false
  }
  for (const key of Object.keys(right)) if (right[key] !== undefined) count--
  return count === 0
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0)
}

/** apimachinery's Semantic.DeepEqual: absent, null, empty list and empty map are all the same. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (!isRecord(a) || !isRecord(b)) {
    if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
    return Array.isArray(a) && Array.isArray(b) && sameArrays(a, b, semanticEqual)
  }
  for (const key of Object.keys(a)) if (!semanticEqual(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !isEmpty(b[key])) return false
  return true
}

/** A mutable copy of a JSON value; keys holding undefined are left out. */
export function cloneJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloneJson) as T
  const copy: AnyRecord = {}
  for (const key in value) {
    const item = value[key]
    if (item === undefined) continue
    const own = typeof item === 'object' ? cloneJson(item) : item
    if (key === '__proto__') setOwn(copy, key, own)
    else copy[key] = own
  }
  return copy as T
}

/** Freezes in place, all the way down; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) for (const item of value) deepFreeze(item)
  else for (const key in value) if (typeof value[key] === 'object') deepFreeze(value[key])
  return value
}

const goEscapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' }

/** A string as Go's encoding/json writes it: with `<`, `>` and `&` escaped unless `html` is false. */
export function goJsonString(text: string, html = true): string {
  const plain = JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) => goEscapes[c]!)
  return html ? plain.replace(/[<>&]/g, (c) => goEscapes[c]!) : plain
}

export interface StringifyOptions {
  /** Escape `<`, `>`, `&` as Go does by default. */
  readonly html?: boolean
  /** Spaces per level; 0 is compact. */
  readonly indent?: number
}

/** JSON with sorted keys, as Go marshals maps; keys holding undefined are left out. */
export function stableStringify(value: unknown, options: StringifyOptions = {}): string {
  const { html = false, indent = 0 } = options
  const write = (item: unknown, margin: string): string => {
    if (item === null || item === undefined) return 'null'
    if (typeof item === 'string') return goJsonString(item, html)
    if (typeof item !== 'object') return typeof item === 'number' && !Number.isFinite(item) ? 'null' : String(item)
    const inner = indent === 0 ? '' : `${margin}${' '.repeat(indent)}`
    const [open, close] = Array.isArray(item) ? ['[', ']'] : ['{', '}']
    const colon = indent === 0 ? ':' : ': '
    const parts = Array.isArray(item)
      ? item.map((x) => write(x, inner))
      : sortedKeys(item)
          .filter((k) => (item as AnyRecord)[k] !== undefined)
          .map((k) => `${goJsonString(k, html)}${colon}${write((item as AnyRecord)[k], inner)}`)
    if (parts.length === 0) return `${open}${close}`
    return indent === 0 ? `${open}${parts.join(',')}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`
  }
  return write(value, '')
}

/** `spec.replicas` or ['spec', 'containers', 0]; a dotted text splits at every dot, so use an array for keys with dots. */
export const toPath = (path: string | Path): Path => (typeof path === 'string' ? (path === '' ? [] : path.split('.')) : path)

/** What stands at the path, or undefined. */
export function getPath(value: unknown, path: string | Path): unknown {
  let at = value
  for (const step of toPath(path)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as AnyRecord)[step]
  }
  return at
}

/** Writes into a mutable object, making the objects (or, before a number, lists) on the way. */
export function setPath(target: object, path: string | Path, value: unknown): void {
  const steps = toPath(path)
  let at = target as AnyRecord
  for (let i = 0; i < steps.length - 1; i++) {
    const key = String(steps[i])
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    if (typeof next !== 'object' || next === null) setOwn(at, key, typeof steps[i + 1] === 'number' ? [] : {})
    at = Object.getOwnPropertyDescriptor(at, key)!.value
  }
  if (steps.length > 0) setOwn(at, String(steps[steps.length - 1]), value)
}

/** Removes what stands at the path of a mutable object, if anything does. */
export function deletePath(target: object, path: string | Path): void {
  const steps = toPath(path)
  const parent = getPath(target, steps.slice(0, -1))
  if (typeof parent === 'object' && parent !== null && steps.length > 0) delete (parent as AnyRecord)[steps[steps.length - 1]!]
}
