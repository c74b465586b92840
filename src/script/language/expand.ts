/**
 * Word expansion (POSIX XCU 2.6, bash extensions): tilde, parameters, command substitution, arithmetic, splitting, pathnames, quotes.
 * Expansion is a plain recursive function that can be given up at a command substitution and made again later: every result drawn from
 * outside is kept in a memo, so that the second time goes the same way without doing anything twice.
 */
import type { Assignment, DoubleQuotedChild, HereDocBody, ParameterExpansionPart, SyntaxNode, Word, WordPart } from 'unbash'
import type { Json } from '../contract.ts'
import { evaluate } from './arithmetic.ts'
import { expandBraces } from './braces.ts'
import { FieldList } from './fields.ts'
import { type ParameterValue, parameterExpansion } from './parameters.ts'
import { escapePattern } from './pattern.ts'
import { type Program, wordOf } from './program.ts'
import { type Memo, ScriptError, Suspend } from './state.ts'

/** What expansion needs of the shell. */
export interface ExpansionEnvironment {
  /** `$@ $# $? $1 …` and variables; a list for `@` and `*`. `undefined`: not set. */
  parameter(name: string): ParameterValue | undefined
  /** All keys of an array variable, in order. */
  keys(name: string): readonly string[]
  /** One element of an array, or the variable itself. */
  element(name: string, key: string | undefined): string | undefined
  isAssociative(name: string): boolean
  /** Names of variables that start so. */
  names(prefix: string): readonly string[]
  assign(name: string, value: string, key?: string): void
  glob(pattern: string): readonly string[]
  /** Makes a text readable as a file of this process; gives its path (`<(…)`). */
  textFile(text: string): string
  option(name: string): boolean
  /** Work beyond a step: what it takes grows with the texts. */
  charge(steps: number): void
  readonly ifs: string
  /** How this shell words an unset variable, and the status with which it ends a script. */
  readonly messages: { readonly unset: string; readonly status: number }
}

/** Of parsing a word that braces made. */
const PARSE_STEPS = 5

export class Expansion {
  readonly env: ExpansionEnvironment
  readonly program: Program
  readonly memo: Memo
  private readonly cursor: { at: number }

  constructor(env: ExpansionEnvironment, program: Program, memo: Memo = [], cursor = { at: 0 }) {
    this.env = env
    this.program = program
    this.memo = memo
    this.cursor = cursor
  }

  /** The same expansion in another source text. */
  within(program: Program): Expansion {
    return program === this.program ? this : new Expansion(this.env, program, this.memo, this.cursor)
  }

  /**
   * A result from outside: taken from the memo if an earlier attempt got it already. A placeholder stands in the memo while it is being
   * worked out; the results it needs follow the placeholder, and go when it is known.
   */
  remember<T extends Json | ParameterValue>(compute: () => T): T {
    const { cursor, memo } = this
    const at = cursor.at
    const known = memo[at]
    if (known !== undefined && known !== 0) {
      cursor.at++
      return (known as { d: T }).d
    }
    if (known === undefined) memo.push(0)
    cursor.at = at + 1
    const value = compute()
    memo.length = at
    memo.push({ d: value as Json })
    cursor.at = at + 1
    return value
  }

  /** What a command substitution printed, without newlines at its end. Throws `Suspend` until it is known. */
  substitution(node: SyntaxNode & { readonly script?: unknown }): string {
    return this.remember((): string => {
      throw new Suspend('substitution', this.program.text, this.program.ids.get(node) ?? -1)
    }).replace(/\n+$/, '')
  }

  /** A word as fields: everything, pathnames included. */
  fields(word: Word): string[] {
    if (word.parts === undefined && !/[\\~]/.test(word.text)) return [word.value]
    if (word.parts?.some((part) => part.type === 'BraceExpansion')) {
      const texts = expandBraces(word.text, (items) => this.env.charge(items))
      if (texts.length !== 1 || texts[0] !== word.text) return texts.flatMap((text) => this.bracedFields(text))
    }
    const list = new FieldList(true, this.env.ifs)
    this.addWord(word, list, false)
    list.close()
    return list.done.flatMap((field) => {
      if (!field.active || this.env.option('noglob')) return [field.value]
      const found = this.remember(() => [...this.env.glob(field.pattern)])
      return found.length === 0 ? [field.value] : found
    })
  }

  private bracedFields(text: string): string[] {
    if (text === '') return []
    this.env.charge(PARSE_STEPS)
    const made = wordOf(text)
    if (made === undefined) return [text]
    if (made.word.text === this.program.text) return [text]
    const list = new FieldList(true, this.env.ifs)
    this.within(made.program).addWord(made.word, list, false)
    list.close()
    return list.done.flatMap((field) => {
      if (!field.active || this.env.option('noglob')) return [field.value]
      const found = this.remember(() => [...this.env.glob(field.pattern)])
      return found.length === 0 ? [field.value] : found
    })
  }

  /** A word as one text, neither split nor globbed. */
  text(word: Word, assignment = false): string {
    return this.single(word, assignment).value
  }

  /** A word as a pattern in which everything quoted is escaped. */
  pattern(word: Word): string {
    return this.single(word, false).pattern
  }

  private single(word: Word, assignment: boolean): { value: string; pattern: string } {
    const list = new FieldList(false, this.env.ifs)
    this.addWord(word, list, assignment)
    return list.open()
  }

  hereDocument(body: HereDocBody, quoted: boolean): string {
    if (quoted) return body.text
    if (body.parts === undefined) return body.text.replace(/\\(?:([\\$`])|\n)/g, '$1')
    const list = new FieldList(false, this.env.ifs)
    for (const part of body.parts) this.addPart(part, list, true)
    return list.open().value
  }

  /** The text of the operand of `${x:-operand}` and the like. */
  operand(word: Word, quoted: boolean): string {
    if (!quoted) return this.text(word)
    const list = new FieldList(false, this.env.ifs)
    if (word.parts === undefined) return word.value
    for (const part of word.parts) this.addPart(part, list, true)
    return list.open().value
  }

  arithmeticText(parts: readonly WordPart[]): string {
    const list = new FieldList(false, this.env.ifs)
    for (const part of parts) this.addPart(part, list, true)
    return list.open().value
  }

  /** The key that an array's subscript names. */
  subscript(name: string, text: string): string {
    if (this.env.isAssociative(name)) return text.replace(/^(['"])(.*)\1$/, '$2')
    return arrayKey(this, name, text)
  }

  /** What an unset variable counts as in arithmetic. */
  unset(name: string): string {
    if (this.env.option('nounset')) throw new ScriptError(`${name}: unbound variable`)
    return '0'
  }

  /** `NAME=VALUE` as assigned, without arrays. */
  assignmentText(node: Assignment): string {
    return node.value.type === 'Word' ? this.text(node.value, true) : ''
  }

  addWord(word: Word, list: FieldList, assignment: boolean): void {
    if (word.parts === undefined) {
      this.addLiteral(word.text, list, true, assignment)
      return
    }
    let first = true
    for (const part of word.parts) {
      if (part.type === 'Literal') this.addLiteral(part.text, list, first, assignment)
      else this.addPart(part, list, false)
      first = false
    }
  }

  /** Unquoted text of the source: backslashes quote, a tilde may stand for a home. */
  private addLiteral(raw: string, list: FieldList, start: boolean, assignment: boolean): void {
    const text = this.tilde(raw, start, assignment)
    if (!text.includes('\\')) {
      list.addPattern(text, text, false)
      return
    }
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== '\\') list.addPattern(text[i]!, text[i]!, false)
      else if (text[i + 1] === '\n') i++
      else list.addQuoted(text[++i] ?? '\\')
    }
  }

  private tilde(raw: string, start: boolean, assignment: boolean): string {
    if (!raw.includes('~')) return raw
    const home = () => {
      const value = this.env.parameter('HOME')
      return typeof value === 'string' ? escapePattern(value) : '~'
    }
    const one = (piece: string) => (/^~(?=\/|$)/.test(piece) ? home() + piece.slice(1) : piece)
    if (assignment)
      return raw
        .split(':')
        .map((piece, i) => (start || i > 0 ? one(piece) : piece))
        .join(':')
    return start ? one(raw) : raw
  }

  addPart(part: WordPart | DoubleQuotedChild, list: FieldList, quoted: boolean): void {
    switch (part.type) {
      case 'Literal':
        if (quoted) list.addQuoted(part.value)
        else this.addLiteral(part.text, list, false, false)
        return
      case 'Glob':
        if (quoted) list.addQuoted(part.value)
        else if (part.parts?.some((inner) => inner.type !== 'Literal')) this.addBracket(part.parts, list)
        else list.addPattern(part.value, part.kind === 'bracket' ? part.text.replace(/['"]/g, '') : part.text, true)
        return
      case 'ExtendedGlob':
        this.addExtendedGlob(part, list, quoted)
        return
      case 'SingleQuoted':
        list.addQuoted(quoted ? part.text : part.value)
        return
      case 'AnsiCQuoted':
        list.addQuoted(part.value)
        return
      case 'DoubleQuoted':
      case 'LocaleString':
        this.addDoubleQuoted(part.parts, list)
        return
      case 'BraceExpansion':
        list.addPattern(part.text, part.text, false)
        return
      case 'CommandExpansion':
        this.addResult(this.substitution(part), list, quoted)
        return
      case 'ArithmeticExpansion':
        this.addResult(this.arithmetic(part.expression, part.text), list, quoted)
        return
      case 'ProcessSubstitution':
        this.addProcess(part, list)
        return
      case 'SimpleExpansion':
        this.addParameter({ parameter: part.text.slice(1) }, list, quoted)
        return
      case 'ParameterExpansion':
        this.addParameter(part, list, quoted)
        return
    }
  }

  private arithmetic(expression: Parameters<typeof evaluate>[0] | undefined, text: string): string {
    if (expression === undefined) {
      if (/^\$\(\(\s*\)\)$/.test(text)) return '0'
      throw new ScriptError(`${text}: arithmetic syntax error`)
    }
    return this.remember(() => String(evaluate(expression, this)))
  }

  private addExtendedGlob(part: Extract<WordPart, { type: 'ExtendedGlob' }>, list: FieldList, quoted: boolean): void {
    if (quoted) {
      list.addQuoted(part.text)
      return
    }
    if (part.parts === undefined) {
      list.addPattern(part.text, part.text, true)
      return
    }
    const inner = new FieldList(false, this.env.ifs)
    for (const child of part.parts) {
      if (child.type === 'Literal') inner.addPattern(child.text, child.text, false)
      else this.addPart(child, inner, false)
    }
    const { value, pattern } = inner.open()
    list.addPattern(`${part.operator}(${value})`, `${part.operator}(${pattern})`, true)
  }

  /** `[$x]`: a bracket expression with expansions inside. */
  private addBracket(parts: readonly WordPart[], list: FieldList): void {
    list.addPattern('[', '[', true)
    for (const part of parts) {
      if (part.type === 'Literal') list.addPattern(part.value, part.text, false)
      else this.addPart(part, list, false)
    }
    list.addPattern(']', ']', false)
  }

  private addDoubleQuoted(parts: readonly DoubleQuotedChild[], list: FieldList): void {
    const only = parts.length === 1 ? parts[0]! : undefined
    const isList =
      only !== undefined &&
      (only.type === 'SimpleExpansion' ? only.text === '$@' : only.type === 'ParameterExpansion' && isListExpansion(only))
    if (!isList) list.open()
    for (const part of parts) this.addPart(part, list, true)
  }

  private addResult(text: string, list: FieldList, quoted: boolean): void {
    this.env.charge(text.length >> (quoted ? 6 : 5))
    if (quoted) list.addQuoted(text)
    else list.addExpansion(text)
  }

  private addProcess(part: Extract<WordPart, { type: 'ProcessSubstitution' }>, list: FieldList): void {
    if (part.operator === '>') throw new ScriptError('process substitution with >(…) is not simulated; use a pipe', false)
    const output = this.remember((): string => {
      throw new Suspend('substitution', this.program.text, this.program.ids.get(part) ?? -1)
    })
    list.addQuoted(this.remember(() => this.env.textFile(output)))
  }

  private addParameter(part: ParameterLike, list: FieldList, quoted: boolean): void {
    const value = parameterExpansion(part, this, quoted, list)
    if (value === undefined) return
    if (typeof value === 'string') {
      this.addResult(value, list, quoted)
      return
    }
    if (quoted && value.joined) {
      list.addQuoted(value.items.join(this.env.ifs.slice(0, 1)))
      return
    }
    this.env.charge(value.items.length >> 1)
    value.items.forEach((item, i) => {
      if (i > 0) list.close()
      this.addResult(item, list, quoted)
    })
  }
}

/** What `$x` and `${x…}` have in common. */
export type ParameterLike = Pick<ParameterExpansionPart, 'parameter'> &
  Partial<Pick<ParameterExpansionPart, 'prefix' | 'index' | 'operation' | 'text'>>

function isListExpansion(part: ParameterExpansionPart): boolean {
  return (
    part.prefix !== '#' && (part.parameter === '@' || part.index?.text === '@' || (part.prefix === '!' && part.operation?.type === 'Names'))
  )
}

function arrayKey(x: Expansion, name: string, text: string): string {
  const made = wordOf(`$((${text}))`)
  if (made === undefined) return '0'
  const value = x.within(made.program).text(made.word)
  if (Number(value) >= 0) return value
  const last = x.env.keys(name).reduce((most, key) => Math.max(most, Number(key)), -1)
  if (last + 1 + Number(value) >= 0) return String(last + 1 + Number(value))
  throw new ScriptError(`${text}: bad array subscript`)
}
