/**
 * The grammar of `-l`: lexer and parser of apimachinery's labels package, with its error texts.
 */
import { errors, fieldErrorText, invalid } from './errors.ts'
import { qualifiedNameErrors } from './names.ts'
import type { Requirement, SelectorOperator } from './selectors.ts'

type Kind = 'identifier' | 'symbol' | 'end' | 'error'
interface Token {
  readonly kind: Kind
  readonly text: string
}

const symbols = new Set(['!', '=', '==', '!=', '>', '<', '(', ')', ','])
const isSymbol = (c: string): boolean => '!=(),><'.includes(c)
const isSpace = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n'

function scanSymbol(text: string, start: number): [Token, number] {
  let at = start
  let best = ''
  while (at < text.length && isSymbol(text[at]!)) {
    const next = text.slice(start, at + 1)
    if (symbols.has(next)) best = next
    else if (best !== '') break
    at++
  }
  return best === ''
    ? [{ kind: 'error', text: `error expected: keyword found '${text.slice(start, at)}'` }, at]
    : [{ kind: 'symbol', text: best }, start + best.length]
}

function tokens(text: string): Token[] {
  const out: Token[] = []
  let at = 0
  while (at < text.length) {
    const c = text[at]!
    if (isSpace(c)) at++
    else if (isSymbol(c)) {
      const [token, next] = scanSymbol(text, at)
      out.push(token)
      at = next
    } else {
      let end = at
      while (end < text.length && !isSymbol(text[end]!) && !isSpace(text[end]!)) end++
      out.push({ kind: 'identifier', text: text.slice(at, end) })
      at = end
    }
  }
  out.push({ kind: 'end', text: '' })
  return out
}

const fail = (message: string): never => {
  throw errors.badRequest(message)
}

const binary: Record<string, SelectorOperator> = { in: 'in', notin: 'notin', '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' }
const binaryNames = 'in, notin, =, ==, !=, gt, lt'

class Parser {
  private at = 0
  constructor(
    private readonly list: readonly Token[],
    private readonly make: (key: string, operator: SelectorOperator, values: readonly string[]) => Requirement,
  ) {}

  private peek(): Token {
    return this.list[Math.min(this.at, this.list.length - 1)]!
  }
  private take(): Token {
    const token = this.peek()
    this.at++
    return token
  }
  private is(token: Token, symbol: string): boolean {
    return token.kind === 'symbol' && token.text === symbol
  }

  parse(): Requirement[] {
    const out: Requirement[] = []
    for (;;) {
      const token = this.peek()
      if (token.kind === 'end') return out
      if (token.kind !== 'identifier' && !this.is(token, '!')) fail(`found '${token.text}', expected: !, identifier, or 'end of string'`)
      out.push(this.requirement())
      const after = this.take()
      if (after.kind === 'end') return out
      if (!this.is(after, ',')) fail(`found '${after.text}', expected: ',' or 'end of string'`)
      const next = this.peek()
      if (next.kind !== 'identifier' && !this.is(next, '!')) fail(`found '${next.text}', expected: identifier after ','`)
    }
  }

  private requirement(): Requirement {
    const wrong = (message: string): never => fail(`unable to parse requirement: ${message}`)
    const negated = this.is(this.peek(), '!')
    if (negated) this.take()
    const key = this.take()
    if (key.kind !== 'identifier') wrong(`found '${key.text}', expected: identifier`)
    const messages = qualifiedNameErrors(key.text)
    if (messages.length > 0) wrong(fieldErrorText(invalid('', key.text, messages.join('; '))))
    const next = this.peek()
    if (negated || next.kind === 'end' || this.is(next, ',')) return this.made(key.text, negated ? '!' : 'exists', [])
    const token = this.take()
    const operator = token.kind !== 'error' && Object.hasOwn(binary, token.text) ? binary[token.text] : undefined
    if (operator === undefined) return wrong(`found '${token.text}', expected: ${binaryNames}`)
    const values = operator === 'in' || operator === 'notin' ? this.values(wrong) : this.exactValue(wrong)
    return this.made(key.text, operator, values)
  }

  private made(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
    try {
      return this.make(key, operator, values)
    } catch (e) {
      return fail(`unable to parse requirement: ${(e as Error).message}`)
    }
  }

  private values(wrong: (message: string) => never): string[] {
    const open = this.take()
    if (!this.is(open, '(')) wrong(`found '${open.text}' expected: '('`)
    const first = this.peek()
    if (this.is(first, ')')) {
      this.take()
      return []
    }
    if (first.kind !== 'identifier' && !this.is(first, ',')) wrong(`found '${first.text}', expected: ',', ')' or identifier`)
    const values = this.identifiers(wrong)
    if (!this.is(this.take(), ')')) wrong(`found '${first.text}', expected: ')'`)
    return [...values].sort()
  }

  private identifiers(wrong: (message: string) => never): Set<string> {
    const values = new Set<string>()
    for (;;) {
      const token = this.take()
      if (token.kind === 'identifier') {
        values.add(token.text)
        const next = this.peek()
        if (this.is(next, ',')) continue
        if (this.is(next, ')')) return values
        wrong(`found '${next.text}', expected: ',' or ')'`)
      }
      if (!this.is(token, ',')) wrong(`found '${token.text}', expected: ',', or identifier`)
      if (values.size === 0) values.add('')
      const next = this.peek()
      if (this.is(next, ')')) {
        values.add('')
        return values
      }
      if (this.is(next, ',')) {
        this.take()
        values.add('')
      }
    }
  }

  private exactValue(wrong: (message: string) => never): string[] {
    const next = this.peek()
    if (next.kind === 'end' || this.is(next, ',')) return ['']
    const token = this.take()
    return token.kind === 'identifier' ? [token.text] : wrong(`found '${token.text}', expected: identifier`)
  }
}

/** The requirements of a selector's text, in the order written; throws ApiError (BadRequest). */
export const parseSelectorText = (
  text: string,
  make: (key: string, operator: SelectorOperator, values: readonly string[]) => Requirement,
): Requirement[] => new Parser(tokens(text), make).parse()
