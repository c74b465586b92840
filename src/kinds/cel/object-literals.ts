/**
 * The object literals of mutating policies, `Object.spec{replicas: 3}` and `JSONPatch{op: "add", …}`, made into maps, which is all that our
 * CEL library reads: types are put into a mark of the map, names of fields into quotes, values behind `dyn`, since they are of any type.
 */

/** The mark by which a map tells which literal it was. */
export const TYPE_MARK = '\u0001type'

const string = /^(?:[rR]?[bB]?|[bB][rR])("""|'''|"|')/
const literalStart = /^(Object(?:\.\w+)*|JSONPatch)\s*\{/
const fieldName = /^\s*([A-Za-z_]\w*)\s*:/

/** The end of the string literal at the start of the text. */
function stringLength(text: string, match: RegExpExecArray): number {
  const quote = match[1]!
  const raw = /[rR]/.test(match[0].slice(0, match[0].length - quote.length))
  let at = match[0].length
  while (at < text.length && !text.startsWith(quote, at)) at += !raw && text[at] === '\\' ? 2 : 1
  return Math.min(text.length, at + quote.length)
}

interface Open {
  readonly close: string
  /** A literal of an object: names of its fields are quoted. */
  readonly literal: boolean
  /** A `dyn(` is to be closed before the next comma or the end. */
  wrapped: boolean
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

class Rewriter {
  readonly #text: string
  #at = 0
  #out = ''
  readonly #open: Open[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** `a: ` of a literal just entered or after a comma. */
  #field(): void {
    const m = fieldName.exec(this.#text.slice(this.#at))
    if (m === null) return
    this.#out += `"${m[1]}": dyn(`
    this.#at += m[0].length
    this.#open.at(-1)!.wrapped = true
  }

  #unwrap(): void {
    const top = this.#open.at(-1)
    if (top?.wrapped !== true) return
    this.#out += ')'
    top.wrapped = false
  }

  #literal(type: string, length: number): void {
    this.#out += `{"${TYPE_MARK}": dyn("${type}")`
    this.#at += length
    this.#open.push({ close: '}', literal: true, wrapped: false })
    if (!/^\s*\}/.test(this.#text.slice(this.#at))) this.#out += ', '
    this.#field()
  }

  #character(): void {
    const c = this.#text[this.#at]!
    const top = this.#open.at(-1)
    if (c === top?.close) {
      this.#unwrap()
      this.#open.pop()
    } else if (CLOSING[c] !== undefined) this.#open.push({ close: CLOSING[c], literal: false, wrapped: false })
    if (c === ',' && top?.literal) this.#unwrap()
    this.#out += c
    this.#at++
    if (c === ',' && top?.literal) this.#field()
  }

  run(): string {
    while (this.#at < this.#text.length) {
      const rest = this.#text.slice(this.#at)
      const quoted = string.exec(rest)
      const before = this.#text[this.#at - 1] ?? ''
      const literal = /[\w.]/.test(before) ? null : literalStart.exec(rest)
      const word = /^\w+/.exec(rest)
      if (quoted !== null) {
        const length = stringLength(rest, quoted)
        this.#out += rest.slice(0, length)
        this.#at += length
      } else if (rest.startsWith('//')) this.#at += /^[^\n]*/.exec(rest)![0].length
      else if (literal !== null) this.#literal(literal[1]!, literal[0].length)
      else if (word !== null) {
        this.#out += word[0]
        this.#at += word[0].length
      } else this.#character()
    }
    return this.#out
  }
}

/** The expression without object literals; the same text where it has none. */
export const withoutObjectTypes = (text: string): string =>
  /\b(Object|JSONPatch)\b[\s\w.]*\{/.test(text) ? new Rewriter(text).run() : text
