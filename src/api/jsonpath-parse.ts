/**
 * The grammar of kubectl's JSONPath templates: literal text around `{…}` actions (client-go's util/jsonpath).
 */
import { errors } from './errors.ts'

export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'literal'; readonly value: string | number | boolean }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly start?: number; readonly end?: number; readonly step?: number; readonly single: boolean }
  | { readonly type: 'union'; readonly branches: readonly (readonly PathNode[])[] }
  | { readonly type: 'filter'; readonly left: readonly PathNode[]; readonly operator: string; readonly right: readonly PathNode[] }
  | { readonly type: 'identifier'; readonly name: string }

/** Text, or the nodes of one `{…}`, or a range with its body. */
export type Block =
  | { readonly type: 'action'; readonly nodes: readonly PathNode[] }
  | { readonly type: 'range'; readonly nodes: readonly PathNode[]; readonly body: readonly Block[] }

const fail = (message: string): never => {
  throw errors.badRequest(message)
}

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}
const isTerminator = (c: string | undefined): boolean => c === undefined || ' \t\r\n.,[]$@{}'.includes(c)
const isWord = (c: string): boolean => /[\p{L}\p{N}_]/u.test(c)

function unquote(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs, (whole, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return escapes[code] ?? fail(`invalid syntax: ${whole}`)
  })
}

class ActionParser {
  private at = 0
  private readonly nodes: PathNode[] = []
  constructor(private readonly text: string) {}

  /** Parses up to the closing brace (or, for a part of an action, to the end); `end` is where it stopped. */
  parse(from: number, braced: boolean): { nodes: PathNode[]; end: number } {
    this.at = from
    for (;;) {
      const c = this.text[this.at]
      if (c === '}' && braced) return { nodes: this.nodes, end: this.at + 1 }
      if (c === undefined && !braced) return { nodes: this.nodes, end: this.at }
      if (c === undefined || c === '\n' || c === '\r') return fail('unclosed action')
      this.step(c)
    }
  }

  private step(c: string): void {
    if (this.text.startsWith('[?(', this.at)) this.filter()
    else if (this.text.startsWith('..', this.at)) {
      this.nodes.push({ type: 'recursive' })
      this.at++
      // The second dot opens the field that is looked for, unless a bracket or a star follows.
      if ('[*'.includes(this.text[this.at + 1] ?? ' ')) this.at++
      if (this.text[this.at] === '*') {
        this.nodes.push({ type: 'wildcard' })
        this.at++
      }
    } else if (c === ' ' || c === '\t' || c === '@' || c === '$') this.at++
    else if (c === '[') this.array()
    else if (c === '"' || c === "'") this.quote(c)
    else if (c === '.') this.field()
    else if (c === '+' || c === '-' || (c >= '0' && c <= '9')) this.number()
    else if (isWord(c)) this.identifier()
    else fail(`unrecognized character in action: U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}'`)
  }

  private field(): void {
    let name = ''
    this.at++
    while (!isTerminator(this.text[this.at])) {
      if (this.text[this.at] === '\\') this.at++
      name += this.text[this.at] ?? ''
      this.at++
    }
    this.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name })
  }

  private quote(mark: string): void {
    const start = ++this.at
    while (this.text[this.at] !== mark) {
      if (this.text[this.at] === undefined || this.text[this.at] === '\n') fail('unterminated quoted string')
      this.at += this.text[this.at] === '\\' ? 2 : 1
    }
    this.nodes.push({ type: 'literal', value: unquote(this.text.slice(start, this.at)) })
    this.at++
  }

  private number(): void {
    const m = /^[+-]?[0-9.]*/.exec(this.text.slice(this.at))![0]
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(m)) fail(`cannot parse number ${m}`)
    this.nodes.push({ type: 'literal', value: Number(m) })
    this.at += m.length
  }

  private identifier(): void {
    let name = ''
    while (!isTerminator(this.text[this.at]) && isWord(this.text[this.at]!)) name += this.text[this.at++]
    this.nodes.push(name === 'true' || name === 'false' ? { type: 'literal', value: name === 'true' } : { type: 'identifier', name })
  }

  private filter(): void {
    const start = this.at + 3
    let depth = 1
    this.at = start
    while (depth > 0) {
      const c = this.text[this.at]
      if (c === undefined || c === '\n') fail('unterminated filter')
      if (c === '"' || c === "'") this.at = this.skipQuoted(c) - 1
      else if (c === '(') depth++
      else if (c === ')') depth--
      this.at++
    }
    const inner = this.text.slice(start, this.at - 1)
    if (this.text[this.at] !== ']') fail('unclosed array expect ]')
    this.at++
    const m = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(inner)
    const part = (text: string): PathNode[] => new ActionParser(text).parse(0, false).nodes
    if (m === null) this.nodes.push({ type: 'filter', left: part(inner), operator: 'exists', right: [] })
    else this.nodes.push({ type: 'filter', left: part(m[1]!), operator: m[2]!, right: part(m[3]!) })
  }

  /** The place after a quoted text that starts here. */
  private skipQuoted(mark: string): number {
    let i = this.at + 1
    while (this.text[i] !== mark) {
      if (this.text[i] === undefined) fail('unterminated quoted string')
      i += this.text[i] === '\\' ? 2 : 1
    }
    return i + 1
  }

  private array(): void {
    const start = this.at + 1
    this.at = start
    while (this.text[this.at] !== ']') {
      const c = this.text[this.at]
      if (c === undefined || c === '\n') fail('unterminated array')
      this.at = c === '"' || c === "'" ? this.skipQuoted(c) : this.at + 1
    }
    this.nodes.push(...bracket(this.text.slice(start, this.at)))
    this.at++
  }
}

function bracket(inner: string): PathNode[] {
  if (inner === '*') return [{ type: 'wildcard' }]
  const parts = inner.split(',')
  if (parts.length > 1) return [{ type: 'union', branches: parts.map((part) => bracket(part.trim())) }]
  const key = /^'([^']*)'$/.exec(inner)
  if (key !== null) return new ActionParser(`.${key[1]}`).parse(0, false).nodes
  const m = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(inner)
  if (m === null) return fail(`invalid array index ${inner}`)
  const value = (text: string | undefined): number | undefined => {
    const digits = text?.replace(':', '') ?? ''
    if (digits === '-') return fail(`invalid array index ${inner}`)
    return digits === '' ? undefined : Number(digits)
  }
  const [start, end, step] = [value(m[1]), value(m[2]), value(m[3])]
  const single = m[2] === undefined && start !== undefined
  return [
    {
      type: 'slice',
      single,
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      ...(step !== undefined && { step }),
    },
  ]
}

function flat(template: string): PathNode[][] {
  const out: PathNode[][] = []
  let at = 0
  while (at < template.length) {
    const open = template.indexOf('{', at)
    const end = open < 0 ? template.length : open
    if (end > at) out.push([{ type: 'text', text: template.slice(at, end) }])
    if (open < 0) break
    const action = new ActionParser(template).parse(open + 1, true)
    out.push(action.nodes)
    at = action.end
  }
  return out
}

const wordOf = (nodes: readonly PathNode[] | undefined): string | undefined => {
  const first = nodes?.[0]
  return first?.type === 'identifier' ? first.name : undefined
}

function blocks(list: readonly PathNode[][], from: number, nested: boolean): { blocks: Block[]; next: number } {
  const out: Block[] = []
  let at = from
  while (at < list.length) {
    const nodes = list[at]!
    const word = wordOf(nodes)
    if (word === 'end') {
      if (!nested) fail('not in range, nothing to end')
      return { blocks: out, next: at + 1 }
    }
    if (word === 'range') {
      const body = blocks(list, at + 1, true)
      out.push({ type: 'range', nodes: nodes.slice(1), body: body.blocks })
      at = body.next
    } else {
      if (word !== undefined) fail(`unrecognized identifier ${word}`)
      out.push({ type: 'action', nodes })
      at++
    }
  }
  return { blocks: out, next: at }
}

const parsed = new Map<string, readonly Block[]>()

/** Throws ApiError (BadRequest) with client-go's bare message. */
export function parseJsonPath(template: string): readonly Block[] {
  const known = parsed.get(template)
  if (known !== undefined) return known
  const fresh = blocks(flat(template), 0, false).blocks
  if (parsed.size >= 500) parsed.clear()
  parsed.set(template, fresh)
  return fresh
}

/** `a.b`, `.a.b`, `{a.b}` and `{.a.b}` all as `{.a.b}`: what --sort-by, custom columns and `wait` accept. */
export function relaxedJsonPath(text: string): string {
  if (text === '') return text
  const m = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text)
  if (m === null) {
    return fail(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  }
  return `{.${m[1] ?? m[2]}}`
}
