/** Parses jq 1.7's language into a tree (operators by precedence, string interpolation, function definitions, destructuring). */

export type Jq =
  | { t: 'identity' }
  | { t: 'recurse' }
  | { t: 'literal'; value: unknown }
  | { t: 'text'; parts: (string | Jq)[]; format: string | undefined }
  | { t: 'format'; name: string }
  | { t: 'index'; of: Jq; key: Jq }
  | { t: 'slice'; of: Jq; from: Jq | undefined; to: Jq | undefined }
  | { t: 'iterate'; of: Jq }
  | { t: 'array'; of: Jq | undefined }
  | { t: 'object'; entries: { key: Jq; value: Jq | undefined }[] }
  | { t: 'negate'; of: Jq }
  | { t: 'pipe'; left: Jq; right: Jq }
  | { t: 'comma'; left: Jq; right: Jq }
  | { t: 'binary'; operator: string; left: Jq; right: Jq }
  | { t: 'assign'; operator: string; left: Jq; right: Jq }
  | { t: 'if'; tests: { test: Jq; result: Jq }[]; otherwise: Jq | undefined }
  | { t: 'try'; of: Jq; handler: Jq | undefined }
  | { t: 'reduce'; source: Jq; pattern: Pattern; start: Jq; update: Jq }
  | { t: 'foreach'; source: Jq; pattern: Pattern; start: Jq; update: Jq; extract: Jq | undefined }
  | { t: 'define'; name: string; parameters: string[]; body: Jq; rest: Jq }
  | { t: 'call'; name: string; args: Jq[] }
  | { t: 'variable'; name: string }
  | { t: 'bind'; source: Jq; patterns: Pattern[]; body: Jq }
  | { t: 'label'; name: string; body: Jq }
  | { t: 'break'; name: string }

export type Pattern = { variable: string } | { items: Pattern[] } | { entries: { key: Jq; variable?: string; pattern?: Pattern }[] }

export class JqError extends Error {}

interface Token {
  kind: 'number' | 'text' | 'name' | 'field' | 'variable' | 'format' | 'op' | 'end'
  text: string
  parts?: (string | Jq)[]
}

const operators = [
  '?//=',
  '?//',
  '//=',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '..',
  'and',
  'or',
  '|',
  ',',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '.',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ':',
  ';',
  '?',
]

class Lexer {
  private at = 0
  private readonly source: string
  constructor(source: string) {
    this.source = source
  }

  tokens(): Token[] {
    const out: Token[] = []
    for (;;) {
      const skipped = /^(?:\s+|#[^\n]*)+/.exec(this.source.slice(this.at))
      if (skipped !== null) this.at += skipped[0].length
      if (this.at >= this.source.length) return [...out, { kind: 'end', text: '' }]
      out.push(this.next())
    }
  }

  private next(): Token {
    const rest = this.source.slice(this.at, this.at + 400)
    const take = (kind: Token['kind'], match: RegExpExecArray, text = match[0]): Token => {
      this.at += match[0].length
      return { kind, text }
    }
    if (rest[0] === '"') return this.text()
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)
    if (number !== null) return take('number', number)
    const field = /^\.([A-Za-z_]\w*)/.exec(rest)
    if (field !== null) return take('field', field, field[1])
    const variable = /^\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/.exec(rest)
    if (variable !== null) return take('variable', variable, variable[1])
    const format = /^@[A-Za-z0-9_]+/.exec(rest)
    if (format !== null) return take('format', format)
    const name = /^(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/.exec(rest)
    if (name !== null) return take(name[0] === 'and' || name[0] === 'or' ? 'op' : 'name', name)
    const operator = operators.find((candidate) => rest.startsWith(candidate))
    if (operator === undefined)
      throw new JqError(`syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?) at <top-level>, line 1:\n${this.source}`)
    this.at += operator.length
    return { kind: 'op', text: operator }
  }

  private text(): Token {
    const parts: (string | Jq)[] = []
    let plain = ''
    this.at++
    for (;;) {
      const char = this.source[this.at]
      if (char === undefined) throw new JqError('syntax error, unexpected end of file, unterminated string literal')
      this.at++
      if (char === '"') break
      if (char !== '\\') {
        plain += char
        continue
      }
      const next = this.source[this.at++] ?? ''
      if (next === '(') {
        if (plain !== '') parts.push(plain)
        plain = ''
        parts.push(this.interpolation())
      } else if (next === 'u') {
        plain += String.fromCharCode(Number.parseInt(this.source.slice(this.at, this.at + 4), 16))
        this.at += 4
      } else plain += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '/': '/', '\\': '\\', '"': '"' }[next] ?? next
    }
    if (plain !== '' || parts.length === 0) parts.push(plain)
    return { kind: 'text', text: '', parts }
  }

  private interpolation(): Jq {
    let depth = 1
    const start = this.at
    for (; this.at < this.source.length; this.at++) {
      const char = this.source[this.at]
      if (char === '"') {
        this.text()
        this.at--
      } else if (char === '(') depth++
      else if (char === ')' && --depth === 0) {
        const inner = this.source.slice(start, this.at++)
        return parseJq(inner)
      }
    }
    throw new JqError('syntax error, unterminated interpolation')
  }
}

const precedence: Record<string, [number, 'left' | 'right' | 'none']> = {
  '//': [5, 'right'],
  '=': [4, 'none'],
  '|=': [4, 'none'],
  '+=': [4, 'none'],
  '-=': [4, 'none'],
  '*=': [4, 'none'],
  '/=': [4, 'none'],
  '%=': [4, 'none'],
  '//=': [4, 'none'],
  or: [6, 'left'],
  and: [7, 'left'],
  '==': [8, 'none'],
  '!=': [8, 'none'],
  '<': [8, 'none'],
  '<=': [8, 'none'],
  '>': [8, 'none'],
  '>=': [8, 'none'],
  '+': [9, 'left'],
  '-': [9, 'left'],
  '*': [10, 'left'],
  '/': [10, 'left'],
  '%': [10, 'left'],
}

class Parser {
  private at = 0
  private depth = 0
  private readonly tokens: Token[]
  constructor(source: string) {
    this.tokens = new Lexer(source).tokens()
  }

  parse(): Jq {
    if (this.peek().kind === 'end') return { t: 'identity' }
    const tree = this.pipe()
    if (this.peek().kind !== 'end') this.fail()
    return tree
  }

  private peek(): Token {
    return this.tokens[this.at]!
  }

  private is(text: string): boolean {
    const token = this.peek()
    return (token.kind === 'op' || token.kind === 'name') && token.text === text
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail()
  }

  private fail(): never {
    const token = this.peek()
    throw new JqError(`syntax error, unexpected ${token.kind === 'end' ? 'end of file' : `'${token.text || 'string'}'`}`)
  }

  /** The lowest level: definitions, `|`, `,`, `as`. */
  pipe(): Jq {
    if (++this.depth > 500) throw new JqError('expression too deep')
    try {
      if (this.is('def')) return this.definition()
      const left = this.comma()
      if (this.accept('as')) {
        const patterns = [this.pattern()]
        while (this.accept('?//')) patterns.push(this.pattern())
        this.expect('|')
        return { t: 'bind', source: left, patterns, body: this.pipe() }
      }
      return this.accept('|') ? { t: 'pipe', left, right: this.pipe() } : left
    } finally {
      this.depth--
    }
  }

  private definition(): Jq {
    this.expect('def')
    const name = this.tokens[this.at++]!.text
    const parameters: string[] = []
    if (this.accept('(')) {
      do {
        const token = this.tokens[this.at++]!
        parameters.push(token.kind === 'variable' ? `$${token.text}` : token.text)
      } while (this.accept(';'))
      this.expect(')')
    }
    this.expect(':')
    const body = this.pipe()
    this.expect(';')
    return { t: 'define', name, parameters, body, rest: this.is(')') || this.peek().kind === 'end' ? { t: 'identity' } : this.pipe() }
  }

  private comma(): Jq {
    let left = this.binary(0)
    while (this.accept(',')) left = { t: 'comma', left, right: this.binary(0) }
    return left
  }

  private binary(least: number): Jq {
    let left = this.postfix()
    for (;;) {
      const token = this.peek()
      const rule = token.kind === 'op' ? precedence[token.text] : undefined
      if (rule === undefined || rule[0] < least) return left
      this.at++
      const right = this.binary(rule[1] === 'right' ? rule[0] : rule[0] + 1)
      left = rule[0] === 4 ? { t: 'assign', operator: token.text, left, right } : { t: 'binary', operator: token.text, left, right }
    }
  }

  private postfix(): Jq {
    let value = this.term()
    for (;;) {
      const token = this.peek()
      if (token.kind === 'field') {
        this.at++
        value = { t: 'index', of: value, key: { t: 'literal', value: token.text } }
      } else if (this.is('.') && (this.tokens[this.at + 1]!.kind === 'text' || this.tokens[this.at + 1]!.text === '[')) {
        this.at++
        if (this.peek().kind === 'text') value = { t: 'index', of: value, key: this.term() }
      } else if (this.accept('[')) value = this.bracket(value)
      else if (this.accept('?')) value = { t: 'try', of: value, handler: undefined }
      else if (this.is('as')) return this.bindTerm(value)
      else return value
    }
  }

  private bindTerm(source: Jq): Jq {
    this.expect('as')
    const patterns = [this.pattern()]
    while (this.accept('?//')) patterns.push(this.pattern())
    this.expect('|')
    return { t: 'bind', source, patterns, body: this.pipe() }
  }

  private bracket(of: Jq): Jq {
    if (this.accept(']')) return { t: 'iterate', of }
    if (this.accept(':')) {
      const to = this.pipe()
      this.expect(']')
      return { t: 'slice', of, from: undefined, to }
    }
    const key = this.pipe()
    if (this.accept(':')) {
      const to = this.is(']') ? undefined : this.pipe()
      this.expect(']')
      return { t: 'slice', of, from: key, to }
    }
    this.expect(']')
    return { t: 'index', of, key }
  }

  private term(): Jq {
    const token = this.peek()
    this.at++
    switch (token.kind) {
      case 'number':
        return { t: 'literal', value: Number(token.text) }
      case 'text':
        return { t: 'text', parts: token.parts!, format: undefined }
      case 'format':
        if (this.peek().kind === 'text') return { t: 'text', parts: this.tokens[this.at++]!.parts!, format: token.text }
        return { t: 'format', name: token.text }
      case 'field':
        return { t: 'index', of: { t: 'identity' }, key: { t: 'literal', value: token.text } }
      case 'variable':
        return { t: 'variable', name: token.text }
      case 'op':
        return this.operatorTerm(token.text)
      case 'name':
        return this.named(token.text)
      default:
        this.at--
        return this.fail()
    }
  }

  private operatorTerm(text: string): Jq {
    switch (text) {
      case '.':
        if (this.peek().kind === 'text') return { t: 'index', of: { t: 'identity' }, key: this.term() }
        return { t: 'identity' }
      case '..':
        return { t: 'recurse' }
      case '(': {
        const inner = this.pipe()
        this.expect(')')
        return inner
      }
      case '[': {
        if (this.accept(']')) return { t: 'array', of: undefined }
        const inner = this.pipe()
        this.expect(']')
        return { t: 'array', of: inner }
      }
      case '{':
        return this.object()
      case '-':
        return { t: 'negate', of: this.postfix() }
      default:
        this.at--
        return this.fail()
    }
  }

  private object(): Jq {
    const entries: { key: Jq; value: Jq | undefined }[] = []
    while (!this.accept('}')) {
      const token = this.tokens[this.at++]!
      let key: Jq
      let value: Jq | undefined
      if (token.kind === 'variable') {
        key = { t: 'literal', value: token.text }
        value = { t: 'variable', name: token.text }
      } else if (token.kind === 'name' || token.text === 'and' || token.text === 'or') key = { t: 'literal', value: token.text }
      else if (token.kind === 'number') key = { t: 'literal', value: token.text }
      else if (token.kind === 'text') key = { t: 'text', parts: token.parts!, format: undefined }
      else if (token.kind === 'format')
        key =
          this.peek().kind === 'text'
            ? { t: 'text', parts: this.tokens[this.at++]!.parts!, format: token.text }
            : { t: 'format', name: token.text }
      else if (token.text === '(') {
        key = this.pipe()
        this.expect(')')
      } else {
        this.at--
        this.fail()
      }
      if (this.accept(':')) value = this.objectValue()
      entries.push({ key, value })
      if (!this.accept(',') && !this.is('}')) this.fail()
    }
    return { t: 'object', entries }
  }

  private objectValue(): Jq {
    let value = this.binary(5)
    while (this.accept('|')) value = { t: 'pipe', left: value, right: this.binary(5) }
    return value
  }

  private named(name: string): Jq {
    switch (name) {
      case 'true':
      case 'false':
      case 'null':
        return { t: 'literal', value: name === 'null' ? null : name === 'true' }
      case 'if':
        return this.conditional()
      case 'try': {
        const of = this.postfixOnly()
        return { t: 'try', of, handler: this.accept('catch') ? this.postfixOnly() : undefined }
      }
      case 'reduce':
      case 'foreach':
        return this.fold(name)
      case 'label': {
        const label = this.tokens[this.at++]!.text
        this.expect('|')
        return { t: 'label', name: label, body: this.pipe() }
      }
      case 'break':
        return { t: 'break', name: this.tokens[this.at++]!.text }
      case 'def':
        this.at--
        return this.definition()
      default: {
        const args: Jq[] = []
        if (this.accept('(')) {
          do args.push(this.pipe())
          while (this.accept(';'))
          this.expect(')')
        }
        return { t: 'call', name, args }
      }
    }
  }

  private postfixOnly(): Jq {
    return this.postfix()
  }

  private conditional(): Jq {
    const tests: { test: Jq; result: Jq }[] = []
    let otherwise: Jq | undefined
    do {
      const test = this.pipe()
      this.expect('then')
      tests.push({ test, result: this.pipe() })
    } while (this.accept('elif'))
    if (this.accept('else')) otherwise = this.pipe()
    this.expect('end')
    return { t: 'if', tests, otherwise }
  }

  private fold(kind: 'reduce' | 'foreach'): Jq {
    const source = this.foldSource()
    this.expect('as')
    const pattern = this.pattern()
    this.expect('(')
    const start = this.pipe()
    this.expect(';')
    const update = this.pipe()
    const extract = kind === 'foreach' && this.accept(';') ? this.pipe() : undefined
    this.expect(')')
    return kind === 'reduce' ? { t: 'reduce', source, pattern, start, update } : { t: 'foreach', source, pattern, start, update, extract }
  }

  private foldSource(): Jq {
    let value = this.term()
    for (;;) {
      const token = this.peek()
      if (token.kind === 'field') {
        this.at++
        value = { t: 'index', of: value, key: { t: 'literal', value: token.text } }
      } else if (this.accept('[')) value = this.bracket(value)
      else if (this.accept('?')) value = { t: 'try', of: value, handler: undefined }
      else if (this.is('.') && this.tokens[this.at + 1]!.text === '[') this.at++
      else return value
    }
  }

  private pattern(): Pattern {
    const token = this.tokens[this.at++]!
    if (token.kind === 'variable') return { variable: token.text }
    if (token.text === '[') {
      const items: Pattern[] = []
      do items.push(this.pattern())
      while (this.accept(','))
      this.expect(']')
      return { items }
    }
    if (token.text !== '{') {
      this.at--
      this.fail()
    }
    const entries: { key: Jq; variable?: string; pattern?: Pattern }[] = []
    do {
      const key = this.tokens[this.at++]!
      if (key.kind === 'variable')
        entries.push({
          key: { t: 'literal', value: key.text },
          variable: key.text,
          ...(this.accept(':') ? { pattern: this.pattern() } : {}),
        })
      else {
        let tree: Jq = key.kind === 'text' ? { t: 'text', parts: key.parts!, format: undefined } : { t: 'literal', value: key.text }
        if (key.text === '(' && key.kind === 'op') {
          tree = this.pipe()
          this.expect(')')
        }
        this.expect(':')
        entries.push({ key: tree, pattern: this.pattern() })
      }
    } while (this.accept(','))
    this.expect('}')
    return { entries }
  }
}

/** The tree of a jq program. Throws `JqError`. */
export function parseJq(source: string): Jq {
  return new Parser(source).parse()
}
