/** Reads the manifests a level starts from: YAML documents, lists taken apart. Untrusted, so aliases are bounded and objects counted. */
import { type Document, isAlias, isCollection, isNode, isPair, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { ApiObject } from '../api/meta.ts'
import { yamlProblem } from './loader/messages.ts'
import { LevelError } from './loader/problems.ts'
import { isHopelesslyDeep } from './loader/yaml.ts'

const MAX_ALIASES = 100
const MAX_NODES = 50_000
const MAX_DEPTH = 64

function parseBounded(file: string, text: string, lines: LineCounter): ReturnType<typeof parseAllDocuments> {
  if (isHopelesslyDeep(text)) throw new LevelError([{ file, line: 1, column: 1, message: `nested deeper than ${MAX_DEPTH} levels` }])
  try {
    return parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: '1.1', logLevel: 'silent' })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new LevelError([{ file, line: 1, column: 1, message: `nested deeper than ${MAX_DEPTH} levels` }])
  }
}

/** Nodes are counted as they stand and once more for each alias that repeats them. */
function bound(doc: Document, fail: (offset: number, message: string) => never): void {
  const sizes = new Map<string, number>()
  let aliases = 0
  const size = (node: unknown, depth: number): number => {
    if (depth > MAX_DEPTH) fail((node as Node | null)?.range?.[0] ?? 0, `nested deeper than ${MAX_DEPTH} levels`)
    if (isAlias(node)) {
      if (++aliases > MAX_ALIASES) fail(node.range?.[0] ?? 0, `more than ${MAX_ALIASES} aliases`)
      return sizes.get(node.source) ?? fail(node.range?.[0] ?? 0, `the alias *${node.source} names nothing that is complete before it`)
    }
    let total = 1
    if (isCollection(node)) {
      for (const item of node.items) total += isPair(item) ? size(item.key, depth + 1) + size(item.value, depth + 1) : size(item, depth + 1)
      if (total > MAX_NODES) fail(node.range?.[0] ?? 0, `more than ${MAX_NODES} nodes`)
    }
    if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') sizes.set(node.anchor, total)
    return total
  }
  size(doc.contents, 0)
}

export function readManifests(file: string, text: string): ApiObject[] {
  const lines = new LineCounter()
  const objects: ApiObject[] = []
  const documents = parseBounded(file, text, lines)
  for (const doc of Array.isArray(documents) ? documents : []) {
    const fail: (offset: number, message: string) => never = (offset, message) => {
      const { line, col } = lines.linePos(offset)
      throw new LevelError([{ file, line, column: col, message }])
    }
    const error = yamlProblem(doc.errors, text)
    if (error) fail(error.offset, error.message)
    bound(doc, fail)
    let value: unknown
    try {
      value = doc.toJS({ maxAliasCount: MAX_ALIASES })
    } catch (e) {
      fail(doc.range?.[0] ?? 0, e instanceof Error ? e.message : 'this document cannot be read')
    }
    if (value === null || value === undefined) continue
    const object = value as ApiObject
    if (typeof object !== 'object' || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string')
      fail(doc.range?.[0] ?? 0, 'an object needs apiVersion and kind')
    if (object.kind === 'List') {
      for (const item of Array.isArray(object['items']) ? (object['items'] as ApiObject[]) : []) {
        if (typeof item?.kind !== 'string' || typeof item.apiVersion !== 'string' || typeof item.metadata?.name !== 'string')
          fail(doc.range?.[0] ?? 0, 'each item of a List needs apiVersion, kind and metadata.name')
        objects.push(item)
      }
    } else if (typeof object.metadata?.name !== 'string' && typeof object.metadata?.generateName !== 'string')
      fail(doc.range?.[0] ?? 0, `this ${object.kind} needs metadata.name`)
    else objects.push(object)
  }
  return objects
}
