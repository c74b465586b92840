/**
 * Sets of field paths, as `managedFields` writes them (FieldsV1): a tree of path elements `f:name`, `k:{"name":"c"}`, `v:"x"`.
 */
import { isRecord, sortedKeys } from '../walk.ts'

export interface FieldSet {
  /** Whether the path that ends here is in the set. */
  readonly member: boolean
  readonly children: ReadonlyMap<string, FieldSet>
}

const noChildren: ReadonlyMap<string, FieldSet> = new Map()
export const EMPTY_SET: FieldSet = { member: false, children: noChildren }
export const LEAF: FieldSet = { member: true, children: noChildren }

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0

/** From the JSON of `fieldsV1`; anything odd in it counts as empty. */
export function parseFieldSet(json: unknown): FieldSet {
  return parseChildren(json, false)
}

function parseChildren(json: unknown, nested: boolean): FieldSet {
  if (!isRecord(json)) return nested ? LEAF : EMPTY_SET
  const children = new Map<string, FieldSet>()
  for (const key of Object.keys(json)) if (key !== '.') children.set(key, parseChildren(json[key], true))
  return { member: nested && (Object.hasOwn(json, '.') || children.size === 0), children }
}

/** The JSON of `fieldsV1`, keys in byte order. */
export function formatFieldSet(set: FieldSet): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  if (set.member && set.children.size > 0) out['.'] = {}
  for (const key of [...set.children.keys()].sort()) out[key] = formatFieldSet(set.children.get(key)!)
  return out
}

const make = (member: boolean, children: Map<string, FieldSet>): FieldSet =>
  children.size === 0 ? (member ? LEAF : EMPTY_SET) : { member, children }

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b
  if (isEmptySet(b)) return a
  const children = new Map(a.children)
  for (const [key, child] of b.children) {
    const left = children.get(key)
    children.set(key, left === undefined ? child : union(left, child))
  }
  return make(a.member || b.member, children)
}

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const right = b.children.get(key)
    const left = right === undefined ? child : difference(child, right)
    if (!isEmptySet(left)) children.set(key, left)
  }
  return make(a.member && !b.member, children)
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const right = b.children.get(key)
    if (right === undefined) continue
    const both = intersection(child, right)
    if (!isEmptySet(both)) children.set(key, both)
  }
  return make(a.member && b.member, children)
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.member !== b.member || a.children.size !== b.children.size) return false
  for (const [key, child] of a.children) {
    const right = b.children.get(key)
    if (right === undefined || !sameSet(child, right)) return false
  }
  return true
}

function keyText(element: string): string {
  const keys = JSON.parse(element.slice(2)) as Record<string, unknown>
  return sortedKeys(keys)
    .map((k) => `${k}=${JSON.stringify(keys[k])}`)
    .join(',')
}

function elementText(element: string): string {
  switch (element.slice(0, 2)) {
    case 'k:':
      return `[${keyText(element)}]`
    case 'v:':
      return `[=${element.slice(2)}]`
    case 'i:':
      return `[${element.slice(2)}]`
    default:
      return `.${element.slice(2)}`
  }
}

/** All paths as people read them: `.spec.template.spec.containers[name="c"].image`. */
export function pathTexts(set: FieldSet, prefix = ''): string[] {
  const out = set.member && prefix !== '' ? [prefix] : []
  for (const key of [...set.children.keys()].sort()) out.push(...pathTexts(set.children.get(key)!, prefix + elementText(key)))
  return out
}
