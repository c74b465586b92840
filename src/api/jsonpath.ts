/**
 * kubectl's JSONPath (client-go's util/jsonpath): finding values and printing them as `-o jsonpath=` does.
 */
import { errors } from './errors.ts'
import { type Block, type PathNode, parseJsonPath, relaxedJsonPath } from './jsonpath-parse.ts'
import { deepEqual, isRecord, sortedKeys, stableStringify } from './walk.ts'

export { parseJsonPath, relaxedJsonPath }

export interface JsonPathOptions {
  /** kubectl's --allow-missing-template-keys, true unless told otherwise. */
  readonly allowMissingKeys?: boolean
}

const MAX_VALUES = 1_000_000

const fail = (message: string): never => {
  throw errors.badRequest(message)
}

const goTypeOf = (value: unknown): string => {
  if (isRecord(value)) return 'map[string]interface {}'
  if (Array.isArray(value)) return '[]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value
}

type Slice = Extract<PathNode, { type: 'slice' }>
type Filter = Extract<PathNode, { type: 'filter' }>

function slice(input: readonly unknown[], node: Slice): unknown[] {
  const out: unknown[] = []
  for (const value of input) {
    if (value === null || value === undefined) continue
    if (!Array.isArray(value)) return fail(`${goTypeOf(value)} is not array or slice`)
    const length = value.length
    let start = node.start ?? 0
    let end = node.single ? start + 1 : (node.end ?? length)
    if (start < 0) start += length
    if (end < 0 || (end === 0 && node.single)) end += length
    if (start === end) return out
    if (start >= length || start < 0) fail(`array index out of bounds: index ${start}, length ${length}`)
    if (end > length || end < 0) fail(`array index out of bounds: index ${end - 1}, length ${length}`)
    if (start > end) fail(`starting index ${start} is greater than ending index ${end}`)
    const step = node.step ?? 1
    if (step <= 0) fail('step must be > 0')
    for (let i = start; i < end; i += step) out.push(value[i])
  }
  return out
}

const parts = (value: unknown): unknown[] => (Array.isArray(value) ? value : isRecord(value) ? sortedKeys(value).map((k) => value[k]) : [])

function descend(input: readonly unknown[], out: unknown[]): unknown[] {
  for (const value of input) {
    const inner = parts(value)
    if (inner.length === 0) continue
    if (out.push(value) > MAX_VALUES) fail('too many values')
    descend(inner, out)
  }
  return out
}

function compares(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return deepEqual(left, right)
  if (operator === '!=') return !deepEqual(left, right)
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string'))
    return fail('incompatible types for comparison')
  const [a, b] = [left as number, right as number]
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      return fail(`unrecognized filter operator ${operator}`)
  }
}

class Evaluation {
  constructor(private readonly allowMissing: boolean) {}

  walk(start: readonly unknown[], nodes: readonly PathNode[]): unknown[] {
    let cur: unknown[] = [...start]
    for (const node of nodes) cur = this.step(cur, node)
    return cur
  }

  private step(input: unknown[], node: PathNode): unknown[] {
    switch (node.type) {
      case 'text':
        return [node.text]
      case 'literal':
        return [node.value]
      case 'field':
        return this.field(input, node.name)
      case 'wildcard':
        return input.flatMap(parts)
      case 'recursive':
        return descend(input, [])
      case 'slice':
        return slice(input, node)
      case 'union':
        return node.branches.flatMap((branch) => this.walk(input, branch))
      case 'filter':
        return this.filter(input, node)
      case 'identifier':
        return fail(`unrecognized identifier ${node.name}`)
    }
  }

  private field(input: unknown[], name: string): unknown[] {
    if (input.length === 0) return input
    if (name === '') return input
    const out: unknown[] = []
    for (const value of input) if (isRecord(value) && Object.hasOwn(value, name) && value[name] !== undefined) out.push(value[name])
    return out.length > 0 || this.allowMissing ? out : fail(`${name} is not found`)
  }

  private filter(input: unknown[], node: Filter): unknown[] {
    const out: unknown[] = []
    for (const value of input) {
      if (value === null || value === undefined) continue
      if (!Array.isArray(value)) return fail(`${stableStringify(value)} is not array or slice and cannot be filtered`)
      for (const item of value) if (this.passes(item, node)) out.push(item)
    }
    return out
  }

  private passes(item: unknown, node: Filter): boolean {
    const lenient = node.operator === 'exists' ? new Evaluation(true) : this
    const lefts = lenient.walk([item], node.left)
    if (node.operator === 'exists') return lefts.length > 0
    if (lefts.length === 0) return false
    const rights = this.walk([item], node.right)
    if (rights.length === 0) return false
    if (lefts.length > 1 || rights.length > 1) return fail('can only compare one element at a time')
    return compares(lefts[0], node.operator, rights[0])
  }

  results(data: unknown, blocks: readonly Block[]): unknown[][] {
    const out: unknown[][] = []
    for (const block of blocks) {
      const found = this.walk([data], block.nodes)
      if (block.type === 'action') out.push(found)
      else for (const item of found) out.push(...this.results(item, block.body))
    }
    return out
  }
}

/** The values each action of the template finds, in order. Throws ApiError with client-go's bare message. */
export const findJsonPath = (data: unknown, template: string, options: JsonPathOptions = {}): unknown[][] =>
  new Evaluation(options.allowMissingKeys ?? true).results(data, parseJsonPath(template))

/** The values of one path in relaxed form (`.spec.replicas`, `{.a[0]}`), flat. */
export const jsonPathValues = (data: unknown, path: string, options: JsonPathOptions = {}): unknown[] =>
  findJsonPath(data, relaxedJsonPath(path), options).flat()

/** A value as kubectl prints it: objects and lists as compact JSON with sorted keys. */
export function jsonPathText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  return typeof value === 'object' ? stableStringify(value, { html: true }) : String(value)
}

/** What `-o jsonpath=TEMPLATE` prints. */
export const printJsonPath = (data: unknown, template: string, options: JsonPathOptions = {}): string =>
  findJsonPath(data, template, options)
    .map((values) => values.map(jsonPathText).join(' '))
    .join('')

/** What `-o jsonpath-as-json=TEMPLATE` prints: each action's values as a JSON list, indented by four. */
export const printJsonPathAsJson = (data: unknown, template: string, options: JsonPathOptions = {}): string =>
  findJsonPath(data, template, options)
    .map((values) => `${stableStringify(values, { html: true, indent: 4 })}\n`)
    .join('')
