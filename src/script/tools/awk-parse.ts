/** Parses awk (POSIX XCU awk) into a tree. Newlines, semicolons, the two meanings of `/`, `in`, and concatenation by mere adjacency. */

export type Expr =
  | { t: 'number'; value: number }
  | { t: 'string'; value: string }
  | { t: 'regex'; source: string }
  | { t: 'variable'; name: string }
  | { t: 'field'; index: Expr }
  | { t: 'element'; name: string; keys: Expr[] }
  | { t: 'in'; keys: Expr[]; name: string }
  | { t: 'unary'; operator: string; of: Expr }
  | { t: 'step'; operator: string; prefix: boolean; of: Expr }
  | { t: 'binary'; operator: string; left: Expr; right: Expr }
  | { t: 'match'; negated: boolean; left: Expr; right: Expr }
  | { t: 'concat'; left: Expr; right: Expr }
  | { t: 'choice'; test: Expr; then: Expr; otherwise: Expr }
  | { t: 'assign'; operator: string; target: Expr; value: Expr }
  | { t: 'call'; name: string; args: Expr[] }
  | { t: 'getline'; target: Expr | undefined; file: Expr | undefined }
  | { t: 'group'; of: Expr }

export type Stmt =
  | { t: 'block'; body: Stmt[] }
  | { t: 'expression'; of: Expr }
  | { t: 'print'; formatted: boolean; args: Expr[]; redirect: string | undefined; to: Expr | undefined }
  | { t: 'if'; test: Expr; then: Stmt; otherwise: Stmt | undefined }
  | { t: 'while'; test: Expr; body: Stmt }
  | { t: 'do'; test: Expr; body: Stmt }
  | { t: 'for'; start: Stmt | undefined; test: Expr | undefined; update: Stmt | undefined; body: Stmt }
  | { t: 'each'; variable: string; name: string; body: Stmt }
  | { t: 'delete'; name: string; keys: Expr[] | undefined }
  | { t: 'jump'; kind: 'next' | 'break' | 'continue' | 'nextfile' }
  | { t: 'exit'; code: Expr | undefined }
  | { t: 'return'; value: Expr | undefined }

export interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'main'
  readonly from: Expr | undefined
  readonly to: Expr | undefined
  readonly body: Stmt | undefined
}

export interface AwkProgram {
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, { parameters: string[]; body: Stmt }>
}

export class AwkError extends Error {}

interface Token {
  kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'op' | 'newline' | 'end'
  text: string
  line: number
  spaced: boolean
}

const operators = [
  '**=',
  '**',
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '>>',
  '!~',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '<',
  '>',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
]
const keywords = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
])
const builtins = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'systime',
  'strftime',
  'gensub',
])

function unquote(text: string): string {
  const simple: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', '"': '"', '/': '/' }
  return text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, next: string) =>
    /^[0-7]/.test(next) ? String.fromCharCode(Number.parseInt(next, 8)) : next === '\n' ? '' : (simple[next] ?? `\\${next}`),
  )
}

function tokenise(source: string): Token[] {
  const out: Token[] = []
  let line = 1
  let spaced = false
  for (let i = 0; i < source.length; ) {
    const rest = source.slice(i)
    const blank = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest)
    if (blank !== null) {
      line += blank[0].includes('\n') ? 1 : 0
      spaced = true
      i += blank[0].length
      continue
    }
    const put = (kind: Token['kind'], raw: string, text = raw) => {
      out.push({ kind, text, line, spaced })
      spaced = false
      i += raw.length
    }
    const last = out[out.length - 1]
    const operand =
      last !== undefined &&
      (['number', 'string', 'regex'].includes(last.kind) ||
        (last.kind === 'name' && !keywords.has(last.text)) ||
        [')', ']', '$', '++', '--'].includes(last.kind === 'op' ? last.text : ''))
    const number = /^(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)
    const name = /^[A-Za-z_]\w*/.exec(rest)
    const string = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest)
    const regex = operand ? null : /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\\\n]|\\.|\[:\w+:\])*\])*)\//.exec(rest)
    if (rest[0] === '\n') {
      put('newline', '\n')
      line++
    } else if (number !== null) put('number', number[0])
    else if (name !== null) put(rest[name[0].length] === '(' && !keywords.has(name[0]) && !builtins.has(name[0]) ? 'call' : 'name', name[0])
    else if (string !== null) put('string', string[0], unquote(string[1]!))
    else if (regex !== null) put('regex', regex[0], regex[1]!.replaceAll('\\/', '/'))
    else {
      const operator = operators.find((candidate) => rest.startsWith(candidate))
      if (operator === undefined) throw new AwkError(`line ${line}: syntax error at or near ${rest[0]}`)
      put('op', operator)
    }
  }
  return [...out, { kind: 'end', text: 'end of file', line, spaced }]
}

class Parser {
  private at = 0
  private depth = 0
  private noIn = 0
  private noGreater = 0
  private readonly tokens: Token[]
  private readonly functions = new Map<string, { parameters: string[]; body: Stmt }>()

  constructor(source: string) {
    this.tokens = tokenise(source)
  }

  program(): AwkProgram {
    const rules: Rule[] = []
    for (this.skip(); this.peek().kind !== 'end'; this.skip()) {
      if (this.is('function') || this.is('func')) this.functionDefinition()
      else rules.push(this.rule())
    }
    return { rules, functions: this.functions }
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
    throw new AwkError(`line ${token.line}: syntax error at or near ${token.kind === 'newline' ? 'end of line' : token.text}`)
  }

  private newlines(): void {
    while (this.peek().kind === 'newline') this.at++
  }

  private skip(): void {
    while (this.peek().kind === 'newline' || this.is(';')) this.at++
  }

  private functionDefinition(): void {
    this.at++
    const name = this.tokens[this.at++]!.text
    const parameters: string[] = []
    this.expect('(')
    while (!this.accept(')')) {
      parameters.push(this.tokens[this.at++]!.text)
      this.newlines()
      if (!this.accept(',') && !this.is(')')) this.fail()
      this.newlines()
    }
    this.newlines()
    this.functions.set(name, { parameters, body: this.block() })
  }

  private rule(): Rule {
    if (this.accept('BEGIN')) return { kind: 'BEGIN', from: undefined, to: undefined, body: this.block() }
    if (this.accept('END')) return { kind: 'END', from: undefined, to: undefined, body: this.block() }
    if (this.is('{')) return { kind: 'main', from: undefined, to: undefined, body: this.block() }
    const from = this.expression()
    let to: Expr | undefined
    if (this.accept(',')) {
      this.newlines()
      to = this.expression()
    }
    return { kind: 'main', from, to, body: this.is('{') ? this.block() : undefined }
  }

  private block(): Stmt {
    this.newlines()
    this.expect('{')
    const body: Stmt[] = []
    for (this.skip(); !this.accept('}'); this.skip()) body.push(this.statement())
    return { t: 'block', body }
  }

  private terminate(): void {
    if (this.peek().kind === 'newline' || this.is(';')) this.at++
    else if (!this.is('}') && this.peek().kind !== 'end') this.fail()
  }

  private statement(): Stmt {
    if (++this.depth > 200) throw new AwkError('the program is nested too deeply')
    try {
      return this.statementBody()
    } finally {
      this.depth--
    }
  }

  private statementBody(): Stmt {
    if (this.is('{')) return this.block()
    if (this.accept('if')) return this.conditional()
    if (this.accept('while')) {
      const test = this.condition()
      if (this.accept(';')) return { t: 'while', test, body: { t: 'block', body: [] } }
      return { t: 'while', test, body: this.bodyOf() }
    }
    if (this.accept('do')) {
      const body = this.bodyOf()
      this.skip()
      this.expect('while')
      const test = this.condition()
      this.terminate()
      return { t: 'do', test, body }
    }
    if (this.accept('for')) return this.loop()
    if (this.accept(';')) return { t: 'block', body: [] }
    const made = this.simple()
    this.terminate()
    return made
  }

  private condition(): Expr {
    this.expect('(')
    const test = this.expression()
    this.expect(')')
    return test
  }

  private bodyOf(): Stmt {
    this.newlines()
    return this.statement()
  }

  private conditional(): Stmt {
    const test = this.condition()
    const then = this.bodyOf()
    const mark = this.at
    this.skip()
    if (this.accept('else')) return { t: 'if', test, then, otherwise: this.bodyOf() }
    this.at = mark
    return { t: 'if', test, then, otherwise: undefined }
  }

  private loop(): Stmt {
    this.expect('(')
    const [a, b, c, d] = [this.tokens[this.at]!, this.tokens[this.at + 1]!, this.tokens[this.at + 2], this.tokens[this.at + 3]]
    if (a.kind === 'name' && b.text === 'in' && c?.kind === 'name' && d?.text === ')') {
      this.at += 4
      return { t: 'each', variable: a.text, name: c.text, body: this.bodyOf() }
    }
    const start = this.is(';') ? undefined : this.simple()
    this.expect(';')
    this.newlines()
    const test = this.is(';') ? undefined : this.expression()
    this.expect(';')
    this.newlines()
    const update = this.is(')') ? undefined : this.simple()
    this.expect(')')
    if (this.accept(';')) return { t: 'for', start, test, update, body: { t: 'block', body: [] } }
    return { t: 'for', start, test, update, body: this.bodyOf() }
  }

  private ends(): boolean {
    return this.is(';') || this.is('}') || this.is(')') || this.peek().kind === 'newline' || this.peek().kind === 'end'
  }

  private simple(): Stmt {
    const { text, kind } = this.peek()
    if (kind === 'name') {
      switch (text) {
        case 'print':
        case 'printf':
          this.at++
          return this.print(text === 'printf')
        case 'next':
        case 'nextfile':
        case 'break':
        case 'continue':
          this.at++
          return { t: 'jump', kind: text }
        case 'exit':
          this.at++
          return { t: 'exit', code: this.ends() ? undefined : this.expression() }
        case 'return':
          this.at++
          return { t: 'return', value: this.ends() ? undefined : this.expression() }
        case 'delete': {
          this.at++
          const name = this.tokens[this.at++]!.text
          return { t: 'delete', name, keys: this.accept('[') ? this.list(']') : undefined }
        }
      }
    }
    return { t: 'expression', of: this.expression() }
  }

  private print(formatted: boolean): Stmt {
    let args: Expr[] = []
    this.noGreater++
    if (!this.ends() && !this.is('>') && !this.is('>>') && !this.is('|')) {
      const mark = this.at
      if (this.accept('(')) {
        // `print (a, b) > "f"` has a list in parentheses, `print (a)(b)` has not.
        this.noGreater = 0
        const list = this.list(')')
        this.noGreater = 1
        if (this.ends() || this.is('>') || this.is('>>') || this.is('|')) args = list
        else {
          this.at = mark
          args = this.arguments()
        }
      } else args = this.arguments()
    }
    this.noGreater = 0
    let redirect: string | undefined
    let to: Expr | undefined
    if (this.is('>') || this.is('>>') || this.is('|')) {
      redirect = this.tokens[this.at++]!.text
      to = this.concatenation()
    }
    return { t: 'print', formatted, args, redirect, to }
  }

  private arguments(): Expr[] {
    const out = [this.expression()]
    while (this.accept(',')) {
      this.newlines()
      out.push(this.expression())
    }
    return out
  }

  private list(close: string): Expr[] {
    const out: Expr[] = []
    this.newlines()
    while (!this.accept(close)) {
      out.push(this.expression())
      this.newlines()
      if (!this.accept(',') && !this.is(close)) this.fail()
      this.newlines()
    }
    return out
  }

  expression(): Expr {
    if (++this.depth > 200) throw new AwkError('the program is nested too deeply')
    try {
      return this.ternary()
    } finally {
      this.depth--
    }
  }

  private ternary(): Expr {
    const test = this.either()
    if (this.accept('?')) {
      this.newlines()
      const then = this.expression()
      this.newlines()
      this.expect(':')
      this.newlines()
      return { t: 'choice', test, then, otherwise: this.expression() }
    }
    const operator = this.peek().kind === 'op' ? this.peek().text : ''
    if (/^(?:=|\+=|-=|\*=|\/=|%=|\^=|\*\*=)$/.test(operator) && ['variable', 'field', 'element'].includes(test.t)) {
      this.at++
      this.newlines()
      return { t: 'assign', operator: operator.slice(0, -1).replace('**', '^'), target: test, value: this.expression() }
    }
    return test
  }

  private either(): Expr {
    let left = this.both()
    while (this.accept('||')) {
      this.newlines()
      left = { t: 'binary', operator: '||', left, right: this.both() }
    }
    return left
  }

  private both(): Expr {
    let left = this.membership()
    while (this.accept('&&')) {
      this.newlines()
      left = { t: 'binary', operator: '&&', left, right: this.membership() }
    }
    return left
  }

  private membership(): Expr {
    let left = this.matching()
    while (this.noIn === 0 && this.accept('in'))
      left = {
        t: 'in',
        keys: left.t === 'group' && 'keys' in left ? (left as unknown as { keys: Expr[] }).keys : [left],
        name: this.tokens[this.at++]!.text,
      }
    return left
  }

  private matching(): Expr {
    let left = this.comparison()
    while (this.is('~') || this.is('!~')) {
      const negated = this.tokens[this.at++]!.text === '!~'
      left = { t: 'match', negated, left, right: this.comparison() }
    }
    return left
  }

  private comparison(): Expr {
    const left = this.concatenation()
    const operator = this.peek().kind === 'op' ? this.peek().text : ''
    if (['<', '<=', '==', '!=', '>=', '>'].includes(operator) && !(operator === '>' && this.noGreater > 0)) {
      this.at++
      return { t: 'binary', operator, left, right: this.concatenation() }
    }
    return left
  }

  private startsOperand(): boolean {
    const { kind, text } = this.peek()
    if (kind === 'number' || kind === 'string' || kind === 'regex' || kind === 'call') return true
    if (kind === 'name') return !keywords.has(text)
    return kind === 'op' && ['$', '!', '(', '-', '+', '++', '--'].includes(text)
  }

  private concatenation(): Expr {
    let left = this.additive()
    while (this.startsOperand() && !this.is('in')) left = { t: 'concat', left, right: this.additive() }
    if (this.is('|') && this.tokens[this.at + 1]!.text === 'getline')
      throw new AwkError('"command" | getline is not simulated: use a shell pipe')
    return left
  }

  private additive(): Expr {
    let left = this.term()
    while (this.is('+') || this.is('-')) left = { t: 'binary', operator: this.tokens[this.at++]!.text, left, right: this.term() }
    return left
  }

  private term(): Expr {
    let left = this.unary()
    while (this.is('*') || this.is('/') || this.is('%'))
      left = { t: 'binary', operator: this.tokens[this.at++]!.text, left, right: this.unary() }
    return left
  }

  private unary(): Expr {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const operator = this.tokens[this.at++]!.text
      return { t: 'unary', operator, of: this.unary() }
    }
    return this.power()
  }

  private power(): Expr {
    const base = this.postfix()
    if (this.accept('^') || this.accept('**')) return { t: 'binary', operator: '^', left: base, right: this.powerOperand() }
    return base
  }

  private powerOperand(): Expr {
    if (this.accept('-')) return { t: 'unary', operator: '-', of: this.powerOperand() }
    return this.power()
  }

  private postfix(): Expr {
    const of = this.primary()
    if ((this.is('++') || this.is('--')) && ['variable', 'field', 'element'].includes(of.t))
      return { t: 'step', operator: this.tokens[this.at++]!.text, prefix: false, of }
    return of
  }

  private primary(): Expr {
    const token = this.peek()
    this.at++
    switch (token.kind) {
      case 'number':
        return { t: 'number', value: Number(token.text) }
      case 'string':
        return { t: 'string', value: token.text }
      case 'regex':
        return { t: 'regex', source: token.text }
      case 'call':
        this.expect('(')
        return { t: 'call', name: token.text, args: this.inside(() => this.list(')')) }
      case 'name':
        return this.named(token.text)
      case 'op':
        if (token.text === '$')
          return { t: 'field', index: this.is('++') || this.is('--') || this.is('-') ? this.unaryStep() : this.primary() }
        if (token.text === '++' || token.text === '--') return { t: 'step', operator: token.text, prefix: true, of: this.primary() }
        if (token.text === '(') return this.group()
        break
    }
    this.at--
    return this.fail()
  }

  private unaryStep(): Expr {
    if (this.is('-')) return this.unary()
    const operator = this.tokens[this.at++]!.text
    return { t: 'step', operator, prefix: true, of: this.primary() }
  }

  /** Inside parentheses `>` and `in` mean what they mean elsewhere. */
  private inside<T>(work: () => T): T {
    const saved = [this.noGreater, this.noIn] as const
    this.noGreater = 0
    this.noIn = 0
    const value = work()
    this.noGreater = saved[0]
    this.noIn = saved[1]
    return value
  }

  private group(): Expr {
    const items = this.inside(() => this.list(')'))
    if (items.length === 1) return { t: 'group', of: items[0]! }
    if (items.length === 0 || !this.accept('in')) return this.fail()
    return { t: 'in', keys: items, name: this.tokens[this.at++]!.text }
  }

  private named(name: string): Expr {
    if (name === 'getline') {
      const target = this.is('$') || (this.peek().kind === 'name' && !keywords.has(this.peek().text)) ? this.primary() : undefined
      return { t: 'getline', target, file: this.accept('<') ? this.primary() : undefined }
    }
    if (builtins.has(name)) return { t: 'call', name, args: this.accept('(') ? this.inside(() => this.list(')')) : [] }
    if (keywords.has(name)) {
      this.at--
      return this.fail()
    }
    if (this.accept('[')) return { t: 'element', name, keys: this.inside(() => this.list(']')) }
    return { t: 'variable', name }
  }
}

/** The tree of an awk program. Throws `AwkError`. */
export function parseAwk(source: string): AwkProgram {
  return new Parser(source).program()
}
