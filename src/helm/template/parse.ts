/** From a file's text to its templates: the file itself and all it defines (Go's text/template/parse). */
import { lex, parseFailure, type Token } from './lex.ts'
import type { Arg, Branch, Command, Pipe, TemplateNode, Tree } from './nodes.ts'

type Stop = 'end' | 'else' | 'eof'

const unquote = (text: string): string => {
  if (text.startsWith('`')) return text.slice(1, -1)
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs, (_all, x, u, big, octal, c: string) => {
      const code = x ?? u ?? big
      if (code !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(code, 16)))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[c] ?? c
    })
}

const hasText = (list: readonly TemplateNode[]): boolean => list.some((n) => n.kind !== 'text' || n.text.trim() !== '')

class Parser {
  readonly trees = new Map<string, Tree>()
  readonly #tokens: readonly Token[]
  #at = 0
  #variables: string[] = ['$']
  #ranges = 0

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly functions: (name: string) => boolean,
  ) {
    this.#tokens = lex(file, text)
  }

  #fail(message: string, token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!): never {
    throw parseFailure(this.file, this.text, token.pos, message)
  }

  #peek(): Token {
    return this.#tokens[this.#at]!
  }

  #next(): Token {
    return this.#tokens[this.#at++] ?? this.#tokens[this.#tokens.length - 1]!
  }

  #solid(): Token {
    while (this.#peek().kind === 'space') this.#at++
    return this.#peek()
  }

  #unexpected(token: Token, where: string): never {
    const shown =
      token.kind === 'eof'
        ? 'EOF'
        : token.kind === 'close'
          ? '"}}"'
          : token.kind === 'word'
            ? `<${token.text}>`
            : JSON.stringify(token.text)
    this.#fail(`unexpected ${shown} in ${where}`, token)
  }

  whole(): ReadonlyMap<string, Tree> {
    const [list, stop] = this.#list()
    if (stop !== 'eof') this.#fail(`unexpected {{${stop}}}`, this.#tokens[this.#at - 1])
    this.#add(this.file, list)
    return this.trees
  }

  #add(name: string, list: readonly TemplateNode[]): void {
    // An empty definition does not replace one that says something.
    if (this.trees.has(name) && !hasText(list)) return
    this.trees.set(name, { name, file: this.file, text: this.text, list })
  }

  /** Nodes until `end`, `else` (its word consumed) or the end of the file. */
  #list(): [TemplateNode[], Stop] {
    const list: TemplateNode[] = []
    for (;;) {
      const token = this.#next()
      if (token.kind === 'eof') return [list, 'eof']
      if (token.kind === 'text') {
        list.push({ kind: 'text', pos: token.pos, text: token.text })
        continue
      }
      const word = this.#solid()
      if (word.kind === 'word' && (word.text === 'end' || word.text === 'else')) {
        this.#at++
        if (word.text === 'end') this.#close('end')
        return [list, word.text as Stop]
      }
      const node = this.#action(word)
      if (node !== undefined) list.push(node)
    }
  }

  #close(where: string): void {
    const token = this.#solid()
    if (token.kind !== 'close') this.#unexpected(token, where)
    this.#at++
  }

  #action(word: Token): TemplateNode | undefined {
    if (word.kind === 'word')
      switch (word.text) {
        case 'if':
        case 'with':
        case 'range':
          this.#at++
          return this.#branch(word.text, word.pos)
        case 'template':
          this.#at++
          return this.#templateCall(word.pos)
        case 'define':
          this.#at++
          this.#define()
          return undefined
        case 'block':
          this.#at++
          return this.#block(word.pos)
        case 'break':
        case 'continue':
          if (this.#ranges === 0) this.#fail(`{{${word.text}}} outside {{range}}`, word)
          this.#at++
          this.#close(`{{${word.text}}}`)
          return { kind: word.text, pos: word.pos }
        default:
      }
    const pipe = this.#pipe('command', 'close')
    return { kind: 'action', pos: word.pos, pipe }
  }

  #branch(kind: Branch['kind'], pos: number): Branch {
    const depth = this.#variables.length
    const pipe = this.#pipe(kind, 'close')
    if (kind === 'range') this.#ranges++
    const [list, stop] = this.#list()
    if (kind === 'range') this.#ranges--
    let otherwise: TemplateNode[] | undefined
    if (stop === 'eof') this.#fail('unexpected EOF')
    if (stop === 'else') {
      const word = this.#solid()
      if (kind !== 'range' && word.kind === 'word' && word.text === kind) {
        this.#at++
        otherwise = [this.#branch(kind, word.pos)]
      } else {
        this.#close('else')
        const [rest, end] = this.#list()
        if (end === 'eof') this.#fail('unexpected EOF')
        if (end === 'else') this.#fail('expected end; found {{else}}')
        otherwise = rest
      }
    }
    this.#variables.length = depth
    return { kind, pos, pipe, list, otherwise }
  }

  #name(where: string): string {
    const token = this.#solid()
    if (token.kind !== 'string') this.#unexpected(token, where)
    this.#at++
    return unquote(token.text)
  }

  #templateCall(pos: number): TemplateNode {
    const name = this.#name('template clause')
    if (this.#solid().kind === 'close') {
      this.#at++
      return { kind: 'template', pos, name, pipe: undefined }
    }
    return { kind: 'template', pos, name, pipe: this.#pipe('template clause', 'close') }
  }

  #define(): void {
    const name = this.#name('define clause')
    this.#close('define clause')
    this.#body(name)
  }

  #body(name: string): void {
    const saved = [this.#variables, this.#ranges] as const
    this.#variables = ['$']
    this.#ranges = 0
    const [list, stop] = this.#list()
    if (stop === 'eof') this.#fail('unexpected EOF')
    if (stop === 'else') this.#fail('unexpected {{else}} in define clause')
    this.#variables = saved[0]
    this.#ranges = saved[1]
    this.#add(name, list)
  }

  #block(pos: number): TemplateNode {
    const name = this.#name('block clause')
    const pipe = this.#pipe('block clause', 'close')
    this.#body(name)
    return { kind: 'template', pos, name, pipe }
  }

  /** Variables and `:=` at the head of a pipeline. */
  #declarations(where: string): { declares: string[]; assigns: boolean } {
    const start = this.#at
    const declares: string[] = []
    while (this.#solid().kind === 'variable') {
      declares.push(this.#next().text)
      const after = this.#solid()
      if (after.text === ':=' || after.text === '=') {
        this.#at++
        if (after.text === ':=') this.#variables.push(...declares)
        else for (const name of declares) this.#known(name)
        if (declares.length > (where === 'range' ? 2 : 1)) this.#fail(`too many declarations in ${where}`)
        return { declares, assigns: after.text === '=' }
      }
      if (after.text !== ',' || where !== 'range') break
      this.#at++
    }
    this.#at = start
    return { declares: [], assigns: false }
  }

  #known(name: string): void {
    if (!this.#variables.includes(name)) this.#fail(`undefined variable ${JSON.stringify(name)}`)
  }

  #pipe(where: string, end: 'close' | ')'): Pipe {
    const pos = this.#solid().pos
    // What is declared becomes known only after its own value, but Go's parser lets it be named there as well.
    const { declares, assigns } = this.#declarations(where)
    const commands: Command[] = []
    for (;;) {
      const token = this.#solid()
      if (token.kind === end || (end === ')' && token.text === ')')) {
        this.#at++
        if (commands.length === 0) this.#fail(`missing value for ${where}`, token)
        for (const later of commands.slice(1)) {
          const kind = later.args[0]!.kind
          if (kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string')
            this.#fail(`non executable command in pipeline stage ${commands.indexOf(later) + 1}`, token)
        }
        return { kind: 'pipe', pos, declares, assigns, commands }
      }
      if (token.kind === 'close' || token.kind === 'eof') this.#unexpected(token, where)
      commands.push(this.#command(where))
    }
  }

  #command(where: string): Command {
    const pos = this.#solid().pos
    const args: Arg[] = []
    for (;;) {
      this.#solid()
      const arg = this.#operand()
      if (arg !== undefined) args.push(arg)
      const token = this.#peek()
      if (token.kind === 'space') {
        this.#at++
        const after = this.#solid()
        if (after.kind === 'close' || after.text === ')') break
        if (after.text === '|') {
          this.#at++
          this.#missing(where)
          break
        }
        continue
      }
      if (token.text === '|' && token.kind === 'char') {
        this.#at++
        this.#missing(where)
        break
      }
      if (token.kind === 'close' || token.text === ')') break
      this.#unexpected(token, 'operand')
    }
    if (args.length === 0) this.#fail('empty command')
    return { kind: 'command', pos, args }
  }

  #missing(where: string): void {
    const token = this.#solid()
    if (token.kind === 'close' || token.text === ')') this.#fail(`missing value for ${where}`)
  }

  #operand(): Arg | undefined {
    const node = this.#term()
    if (node === undefined || this.#peek().kind !== 'field') return node
    const pos = this.#peek().pos
    const names: string[] = []
    while (this.#peek().kind === 'field' && this.#peek().text !== '.') names.push(this.#next().text.slice(1))
    if (names.length === 0) return this.#unexpected(this.#peek(), 'operand')
    if (node.kind === 'field') return { kind: 'field', pos, names: [...node.names, ...names] }
    if (node.kind === 'variable') return { kind: 'variable', pos, names: [...node.names, ...names] }
    if (['bool', 'string', 'number', 'nil', 'dot'].includes(node.kind))
      this.#fail(`unexpected . after term ${JSON.stringify(this.text.slice(node.pos, pos))}`)
    return { kind: 'chain', pos, node, names }
  }

  #term(): Arg | undefined {
    const token = this.#peek()
    const { pos } = token
    switch (token.kind) {
      case 'field':
        this.#at++
        return token.text === '.' ? { kind: 'dot', pos } : { kind: 'field', pos, names: [token.text.slice(1)] }
      case 'variable':
        this.#known(token.text)
        this.#at++
        return { kind: 'variable', pos, names: [token.text] }
      case 'number': {
        this.#at++
        return { kind: 'number', pos, value: numberOf(token.text, (message) => this.#fail(message, token)), text: token.text }
      }
      case 'string':
        this.#at++
        return { kind: 'string', pos, value: unquote(token.text), text: token.text }
      case 'word':
        this.#at++
        if (token.text === 'true' || token.text === 'false') return { kind: 'bool', pos, value: token.text === 'true' }
        if (token.text === 'nil') return { kind: 'nil', pos }
        if (['if', 'with', 'range', 'end', 'else', 'define', 'template', 'block'].includes(token.text)) this.#unexpected(token, 'operand')
        if (!this.functions(token.text)) this.#fail(`function ${JSON.stringify(token.text)} not defined`, token)
        return { kind: 'function', pos, name: token.text }
      case 'char':
        if (token.text === '(') {
          this.#at++
          return this.#pipe('parenthesized pipeline', ')')
        }
        if (token.text === '|' || token.text === ')') return undefined
        return this.#unexpected(token, 'operand')
      default:
        return undefined
    }
  }
}

function numberOf(text: string, fail: (message: string) => never): bigint | number {
  if (text.startsWith("'")) return BigInt(unquote(`"${text.slice(1, -1)}"`).codePointAt(0) ?? 0)
  const plain = text.replaceAll('_', '')
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(plain)!
  if (/^(?:0[xXbBoO][0-9a-fA-F]+|\d+)$/.test(digits)) {
    const value = /^0\d+$/.test(digits)
      ? /^[0-7]+$/.test(digits)
        ? BigInt(`0o${digits.slice(1)}`)
        : fail(`bad number syntax: ${JSON.stringify(text)}`)
      : BigInt(digits)
    return sign === '-' ? -value : value
  }
  const value = Number(plain)
  return Number.isNaN(value) ? fail(`bad number syntax: ${JSON.stringify(text)}`) : value
}

/** The templates of one file by name; the file's own bears the file's name. Throws TemplateFailure. */
export const parseTemplate = (file: string, text: string, functions: (name: string) => boolean): ReadonlyMap<string, Tree> =>
  new Parser(file, text, functions).whole()
