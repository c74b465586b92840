/** Reads a YAML file of a level against a zod schema; every problem with its line and column. Aliases are refused: a level needs none. */
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { safeText } from '../../lib/safe-text.ts'
import { didYouMean, issueText, yamlProblem } from './messages.ts'
import type { Problem } from './problems.ts'

const MAX_DEPTH = 64
const MAX_NODES = 50_000

export interface Read<T> {
  readonly value?: T
  readonly problems: readonly Problem[]
  /** Where a path of the document stands. */
  at(path: readonly PropertyKey[]): { line: number; column: number }
  /** Where its key stands. */
  keyAt(path: readonly PropertyKey[]): { line: number; column: number }
}

export function readYaml<T>(file: string, text: string, schema: z.ZodType): Read<T> {
  const lines = new LineCounter()
  const doc = parseBounded(text, lines)
  if (doc === undefined)
    return {
      problems: [{ file, line: 1, column: 1, message: `nested deeper than ${MAX_DEPTH} levels` }],
      at: () => ({ line: 1, column: 1 }),
      keyAt: () => ({ line: 1, column: 1 }),
    }
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const at = (path: readonly PropertyKey[]): { line: number; column: number } => place(offsetOf(doc, path))
  const keyAt = (path: readonly PropertyKey[]): { line: number; column: number } =>
    place(keyOffset(doc, path.slice(0, -1), String(path.at(-1))))
  const unreadable = yamlProblem(doc.errors, text)
  const problems: Problem[] =
    unreadable === undefined ? structureProblems(doc, file, place) : [{ file, ...place(unreadable.offset), message: unreadable.message }]
  if (problems.length > 0) return { problems, at, keyAt }
  const parsed = schema.safeParse(doc.toJS({ maxAliasCount: 0 }))
  if (parsed.success) return { value: parsed.data as T, problems: [], at, keyAt }
  return {
    problems: withoutEchoes(flatten(parsed.error.issues, []), doc).map((issue) => toProblem(doc, file, issue, schema, place)),
    at,
    keyAt,
  }
}

const HOPELESS = 1_000

/** Brackets that are open at once, without a look at quotes: far more than any text has by chance. The parser's own time grows with their square. */
export function isHopelesslyDeep(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '[' || char === '{') {
      if (++depth > HOPELESS) return true
    } else if ((char === ']' || char === '}') && depth > 0) depth--
  }
  return /(?:[-?:] +){1000}/.test(text)
}

/** Undefined where the nesting is too deep to be read at all. */
function parseBounded(text: string, lines: LineCounter): Document | undefined {
  if (isHopelesslyDeep(text)) return undefined
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, logLevel: 'error' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Keys that mean something to JavaScript's own objects, and nothing in a level. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

function structureProblems(doc: Document, file: string, place: (offset: number) => { line: number; column: number }): Problem[] {
  const problems: Problem[] = []
  let nodes = 0
  visit(doc, {
    Alias: (_key, node) => {
      problems.push({ file, ...place(node.range?.[0] ?? 0), message: 'aliases (*name) are not allowed in a level; write the value out' })
      return visit.BREAK
    },
    Pair: (_key, pair) => {
      const key = isScalar(pair.key) ? pair.key : undefined
      if (RESERVED.has(String(key?.value)))
        problems.push({ file, ...place(key!.range?.[0] ?? 0), message: `the key "${String(key!.value)}" is not allowed` })
    },
    Node: (_key, node, path) => {
      if (isScalar(node) && typeof node.value === 'string' && safeText(node.value) !== node.value.replaceAll('\r\n', '\n'))
        problems.push({
          file,
          ...place(node.range?.[0] ?? 0),
          message: 'control characters, terminal escapes and characters that reorder text are not allowed',
        })
      if (++nodes > MAX_NODES || path.length > MAX_DEPTH * 2) {
        problems.push({
          file,
          ...place((node as Node).range?.[0] ?? 0),
          message: nodes > MAX_NODES ? `more than ${MAX_NODES} nodes` : `nested deeper than ${MAX_DEPTH} levels`,
        })
        return visit.BREAK
      }
      return undefined
    },
  })
  return problems
}

type Issue = z.core.$ZodIssue

/** A union's problems are those of the member that came furthest. */
function flatten(issues: readonly Issue[], prefix: readonly PropertyKey[]): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path]
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }]
    const score = (list: readonly Issue[]): number =>
      Math.max(
        ...list.map(
          (i) => i.path.length * 10 - (i.code === 'unrecognized_keys' ? 1 : i.code === 'invalid_type' && i.path.length === 0 ? 5 : 0),
        ),
        -1,
      ) - list.length
    const best = [...issue.errors].sort((a, b) => score(b) - score(a))[0]!
    return flatten(best, path)
  })
}

/** So many keys can be told one by one. */
const FEW = 12

/** A key misspelt is told once: not also as what is missing there, nor as what the whole lacks. */
function withoutEchoes(issues: readonly Issue[], doc: Document): Issue[] {
  const misspelt = new Set(issues.flatMap((i) => (i.code === 'unrecognized_keys' ? [pathText(i.path)] : [])))
  return issues.filter((issue) => {
    if (issue.code === 'unrecognized_keys') return true
    if (issue.code === 'custom') return !misspelt.has(pathText(issue.path))
    return doc.hasIn(issue.path as string[]) || !misspelt.has(pathText(issue.path.slice(0, -1)))
  })
}

function toProblem(
  doc: Document,
  file: string,
  issue: Issue,
  schema: z.ZodType,
  place: (offset: number) => { line: number; column: number },
): Problem {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    const known = knownKeys(schema, issue.path)
    const near = didYouMean(key, known)
    const message = `unknown key "${key}"${near === '' && known.length > 0 && known.length < FEW ? `; there are ${known.join(', ')}` : near}`
    return { file, ...place(keyOffset(doc, issue.path, key)), message }
  }
  const where = issue.path.length === 0 ? '' : `${pathText(issue.path)}: `
  const found = issue.path.length === 0 ? doc.contents : doc.getIn(issue.path as string[], true)
  const value = isScalar(found) ? found.value : isNode(found) ? found.toJS(doc) : found
  return { file, ...place(offsetOf(doc, issue.path)), message: `${where}${issueText(issue, value)}` }
}

/** The keys an object at a path of the schema may have; of a union, those of all its members. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const def = (schema as unknown as { _zod: { def: SchemaDef } })._zod.def
  if (def.innerType) return knownKeys(def.innerType, path)
  if (def.options) return [...new Set(def.options.flatMap((option) => knownKeys(option, path)))]
  const [step, ...rest] = path
  if (def.shape) {
    if (step === undefined) return Object.keys(def.shape)
    const child = def.shape[String(step)]
    return child === undefined ? [] : knownKeys(child, rest)
  }
  const inner = def.element ?? def.valueType
  return inner === undefined || step === undefined ? [] : knownKeys(inner, rest)
}

interface SchemaDef {
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
}

export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`),
    '',
  )

function keyOffset(doc: Document, path: readonly PropertyKey[], key: string): number {
  const map = path.length === 0 ? doc.contents : doc.getIn(path as string[], true)
  if (isMap(map)) for (const pair of map.items) if (isScalar(pair.key) && pair.key.value === key) return pair.key.range?.[0] ?? 0
  return offsetOf(doc, path)
}

/** The nearest thing on the path that stands in the file. */
function offsetOf(doc: Document, path: readonly PropertyKey[]): number {
  for (let n = path.length; n > 0; n--) {
    const node = doc.getIn(path.slice(0, n) as string[], true) as Node | undefined
    if (node?.range) return node.range[0]
  }
  return (doc.contents as Node | null)?.range?.[0] ?? 0
}
