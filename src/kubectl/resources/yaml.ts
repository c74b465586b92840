/**
 * Manifests as kubectl reads them: YAML 1.1 booleans, the last of duplicate keys, documents split at `---` lines, and go-yaml's
 * wording of syntax errors.
 */
import { type Document, parseDocument, visit, type YAMLParseError } from 'yaml'
import { CommandError } from '../errors.ts'

const unwanted = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:set', 'tag:yaml.org,2002:omap', 'tag:yaml.org,2002:pairs'])

/** A point alone is no number to go-yaml. */
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/

const options = {
  version: '1.1' as const,
  uniqueKeys: false,
  merge: true,
  prettyErrors: true,
  customTags: (tags: unknown[]) =>
    tags
      .filter((tag) => {
        const known = tag as { tag?: string; format?: string }
        return typeof tag === 'string' ? true : !unwanted.has(known.tag ?? '') && known.format !== 'TIME'
      })
      .map((tag) => ((tag as { test?: RegExp }).test?.test('.') ? { ...(tag as object), test: FLOAT } : tag)) as never,
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The line of the colon that made a key of what starts at `offset`. */
function colonLine(text: string, offset: number): number {
  const colon = /:(?=\s|$)/g
  colon.lastIndex = offset
  const found = colon.exec(text)
  return found === null ? lineAt(text, text.length) : lineAt(text, found.index)
}

const scanner = (line: number, message: string): string => `yaml: line ${line}: ${message}`
/** go-yaml counts lines from zero in its parser's errors, and leaves a zero out. */
const parser = (line: number, message: string): string => (line > 1 ? `yaml: line ${line - 1}: ${message}` : `yaml: ${message}`)

function flowMessage(text: string, message: string): string {
  const close = message.includes('sequence') || message.includes('end with a ]') ? ']' : '}'
  const before = text.trimEnd()
  if (close === ']' && (before.endsWith('[') || before.endsWith(','))) return 'did not find expected node content'
  return `did not find expected ',' or '${close}'`
}

/** go-yaml's words for the first error of the `yaml` library. */
function wording(text: string, errors: readonly YAMLParseError[]): string {
  const first = errors[0]!
  const offset = first.pos[0]
  const line = first.linePos?.[0].line ?? lineAt(text, offset)
  const about = first.message
  if (errors.some((e) => e.message.includes('Unexpected block-seq-ind on same line'))) {
    const own = text.slice(0, offset).split('\n').pop() ?? ''
    return own.trim() === ''
      ? parser(line, 'did not find expected key')
      : scanner(line, 'block sequence entries are not allowed in this context')
  }
  switch (first.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanner(line, 'found character that cannot start any token')
    case 'BLOCK_AS_IMPLICIT_KEY':
      return scanner(colonLine(text, offset), 'mapping values are not allowed in this context')
    case 'MULTILINE_IMPLICIT_KEY':
      return scanner(colonLine(text, offset), "could not find expected ':'")
    case 'BAD_DQ_ESCAPE':
      return scanner(line, 'found unknown escape character')
    case 'BAD_ALIAS':
      return scanner(line, 'did not find expected alphabetic or numeric character')
    default:
  }
  if (about.includes('Missing closing')) return scanner(lineAt(text, text.length), 'found unexpected end of stream')
  if (about.includes('Flow')) return parser(line, flowMessage(text.slice(0, offset), about))
  if (about.includes('sequence items') || about.includes('Sequence item')) return parser(line, "did not find expected '-' indicator")
  if (about.includes('Implicit map keys need')) return scanner(lineAt(text, text.trimEnd().length) + 1, "could not find expected ':'")
  return parser(line, 'did not find expected key')
}

/** The message of a YAML syntax error, as go-yaml gives it (`yaml: line 3: …`). */
export class YamlError extends Error {
  override readonly name = 'YamlError'
}

/** An anchor inside whose value it is referred to would be a value without end. */
function refuseCycles(document: Document): void {
  visit(document, {
    Alias: (_key, alias, path) => {
      const anchored = alias.resolve(document)
      if (anchored !== undefined && path.includes(anchored)) throw new YamlError(`yaml: anchor '${alias.source}' value contains itself`)
    },
  })
}

/** One document as plain JSON data; throws YamlError. */
export function parseYaml(text: string): unknown {
  let document: Document
  try {
    document = parseDocument(text, options)
  } catch (error) {
    throw new YamlError(`yaml: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (document.errors.length > 0) throw new YamlError(wording(text, document.errors as YAMLParseError[]))
  refuseCycles(document)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const unknown = /Unresolved alias.*: (\S+)$/.exec(error instanceof Error ? error.message : '')
    if (unknown !== null) throw new YamlError(`yaml: unknown anchor '${unknown[1]}' referenced`)
    throw new YamlError('yaml: document contains excessive aliasing')
  }
}

/** The chunks of a stream, as apimachinery's YAML reader splits them. */
export function splitDocuments(text: string): readonly string[] {
  const normal = text.replaceAll('\r\n', '\n')
  const chunks: string[] = []
  let rest = normal
  for (;;) {
    const at = rest.indexOf('\n---')
    if (at < 0) break
    chunks.push(rest.slice(0, at))
    const newline = rest.indexOf('\n', at + 4)
    if (newline < 0) return chunks
    rest = rest.slice(newline + 1)
  }
  chunks.push(rest)
  return chunks
}

const isJson = (text: string): boolean => /^\s*\{/.test(text)

function jsonDocuments(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text)]
  } catch {
    return undefined
  }
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const from = value as Record<string, unknown>
  return Object.fromEntries(
    Object.keys(from)
      .sort()
      .map((key) => [key, sorted(from[key])]),
  )
}

/** YAML becomes JSON with sorted keys before it is decoded; the order decides which error in the metadata is told. */
function withSortedMetadata(value: unknown): unknown {
  if (typeof value !== 'object' || Array.isArray(value) || value === null || !('metadata' in value)) return value
  return { ...value, metadata: sorted(value.metadata) }
}

/** All documents of a file or of standard input. `source` names it in errors. Empty documents are left out. */
export function readManifests(text: string, source: string): unknown[] {
  if (isJson(text)) {
    const whole = jsonDocuments(text)
    if (whole !== undefined) return whole
  }
  const out: unknown[] = []
  for (const chunk of splitDocuments(text)) {
    try {
      const value = parseYaml(chunk)
      if (value !== null && value !== undefined) out.push(withSortedMetadata(value))
    } catch (error) {
      if (!(error instanceof YamlError)) throw error
      throw new CommandError(`error parsing ${source}: error converting YAML to JSON: ${error.message}`)
    }
  }
  return out
}
