/** Runs an awk tree: fields, "numeric strings", arrays, control flow, functions. Steps are counted. */

import type { RE2JS } from 're2js'
import { compareBytes } from '../bytes.ts'
import type { ToolContext } from '../contract.ts'
import { FileError } from '../files.ts'
import { formatPrintf, strftime } from '../format.ts'
import { searchSteps } from '../language/pattern.ts'
import { posixPattern } from '../posix-regex.ts'
import { callBuiltin } from './awk-functions.ts'
import { AwkError, type AwkProgram, type Expr, type Rule, type Stmt } from './awk-parse.ts'

/** A scalar: a number, a string, or a string that looks like a number (from input) and compares as one. */
export type Scalar = number | string | { readonly text: string; readonly number: number } | undefined
export type AwkArray = Map<string, Scalar>

type Cell = { scalar: Scalar } | { array: AwkArray }

class Jump extends Error {
  readonly kind: 'next' | 'break' | 'continue' | 'nextfile' | 'exit' | 'return'
  readonly value: Scalar
  constructor(kind: Jump['kind'], value?: Scalar) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

const maxSteps = 2_000_000
const maxOutput = 16_000_000

/** A text of input as a scalar: a number too, when it looks like one. */
export function fromInput(text: string): Scalar {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text) ? { text, number: Number(text) } : text
}

export function toNumber(v: Scalar): number {
  if (typeof v === 'number') return v
  if (v === undefined) return 0
  if (typeof v === 'object') return v.number
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(v)?.[0] ?? 0)
}

export class AwkMachine {
  stdout = ''
  stderr = ''
  readonly ctx: ToolContext
  readonly globals = new Map<string, Cell>()
  private readonly program: AwkProgram
  private readonly words: string[]
  private locals: Map<string, Cell> | undefined
  private depth = 0
  steps = 0
  private fields: Scalar[] = []
  private record = ''
  private recordStale = false
  private fieldsStale = false
  private pending: { text: string; at: number } | undefined
  private wordAt = 0
  private opened = false
  private readonly ranges = new Set<Rule>()
  private readonly inputs = new Map<string, { text: string; at: number }>()
  private readonly outputs = new Set<string>()
  private exitCode = 0

  constructor(program: AwkProgram, ctx: ToolContext, words: readonly string[]) {
    this.program = program
    this.ctx = ctx
    this.words = [...words]
    const initial: Record<string, Scalar> = {
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NR: 0,
      NF: 0,
      FNR: 0,
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
    }
    for (const name of Object.keys(initial)) this.globals.set(name, { scalar: initial[name] })
    this.globals.set('ENVIRON', { array: new Map(Object.entries(ctx.env).map(([key, value]) => [key, fromInput(value)])) })
    this.globals.set('ARGV', { array: new Map(['awk', ...words].map((word, i) => [String(i), word])) })
    this.globals.set('ARGC', { scalar: words.length + 1 })
  }

  assignText(name: string, value: string): void {
    this.setVariable(name, fromInput(value))
  }

  /** Runs everything; gives the exit code. */
  run(): number {
    try {
      for (const rule of this.program.rules) if (rule.kind === 'BEGIN') this.execute(rule.body!)
      if (this.program.rules.some((rule) => rule.kind !== 'BEGIN')) this.main()
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'exit') throw this.stray(error)
    }
    try {
      for (const rule of this.program.rules) if (rule.kind === 'END') this.execute(rule.body!)
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'exit') throw this.stray(error)
    }
    return this.exitCode & 255
  }

  private stray(error: unknown): unknown {
    return error instanceof Jump ? new AwkError(`${error.kind} used where it has no meaning`) : error
  }

  private main(): void {
    const rules = this.program.rules.filter((rule) => rule.kind === 'main')
    for (let line = this.nextRecord(); line !== undefined; line = this.nextRecord()) {
      this.setRecord(line)
      try {
        for (const rule of rules)
          if (this.selects(rule))
            rule.body === undefined ? this.print(`${this.text(this.field(0))}${this.variableText('ORS')}`) : this.execute(rule.body)
      } catch (error) {
        if (!(error instanceof Jump) || (error.kind !== 'next' && error.kind !== 'nextfile')) throw error
        if (error.kind === 'nextfile') this.pending = undefined
      }
    }
  }

  private selects(rule: Rule): boolean {
    if (rule.from === undefined) return true
    if (rule.to === undefined) return this.truth(this.evaluate(rule.from))
    if (!this.ranges.has(rule)) {
      if (!this.truth(this.evaluate(rule.from))) return false
      this.ranges.add(rule)
    }
    if (this.truth(this.evaluate(rule.to))) this.ranges.delete(rule)
    return true
  }

  // ── records and fields ──

  private openNext(): boolean {
    while (this.wordAt < this.words.length) {
      const word = this.words[this.wordAt++]!
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word)
      if (assignment !== null) {
        this.assignText(assignment[1]!, assignment[2]!)
        continue
      }
      if (word === '') continue
      this.opened = true
      this.setVariable('FNR', 0)
      this.setVariable('FILENAME', word === '-' ? '' : word)
      try {
        this.pending = { text: word === '-' ? this.ctx.stdin() : this.ctx.files.read(this.ctx.path(word)), at: 0 }
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        this.stderr += `awk: cannot open "${word}" (${error.message})\n`
        this.exitCode = 2
        continue
      }
      return true
    }
    if (this.opened) return false
    this.opened = true
    this.pending = { text: this.ctx.stdin(), at: 0 }
    return true
  }

  /** The next record of the input, with NR and FNR counted. */
  nextRecord(): string | undefined {
    for (;;) {
      if (this.pending === undefined && !this.openNext()) return undefined
      const line = this.readFrom(this.pending!)
      if (line === undefined) {
        this.pending = undefined
        continue
      }
      this.setVariable('NR', toNumber(this.variable('NR')) + 1)
      this.setVariable('FNR', toNumber(this.variable('FNR')) + 1)
      return line
    }
  }

  private readFrom(source: { text: string; at: number }): string | undefined {
    const separator = this.variableText('RS')
    if (separator === '') {
      while (source.text[source.at] === '\n') source.at++
      if (source.at >= source.text.length) return undefined
      const end = source.text.indexOf('\n\n', source.at)
      const stop = end < 0 ? source.text.length : end
      const line = source.text.slice(source.at, stop).replace(/\n$/, '')
      source.at = stop
      return line
    }
    if (source.at >= source.text.length) return undefined
    let end = -1
    let width = separator.length
    if (separator.length === 1) end = source.text.indexOf(separator, source.at)
    else {
      const matcher = posixPattern(separator, true).matcher(source.text)
      if (matcher.find(source.at)) {
        end = matcher.start()
        width = Math.max(1, matcher.end() - matcher.start())
      }
    }
    const stop = end < 0 ? source.text.length : end
    const line = source.text.slice(source.at, stop)
    source.at = stop + width
    return end < 0 ? line.replace(separator === '\n' ? /$^/ : /\n$/, '') : line
  }

  setRecord(text: string): void {
    this.record = text
    this.recordStale = false
    this.fieldsStale = true
  }

  split(text: string, separator: string): string[] {
    if (text === '') return []
    this.searches(text, separator)
    if (separator === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '')
    if (separator === '') return [...text]
    if (separator.length === 1 && separator !== '\\')
      return this.variableText('RS') === '' ? text.split(/\n/).flatMap((line) => line.split(separator)) : text.split(separator)
    const matcher = posixPattern(separator, true).matcher(text)
    const out: string[] = []
    let at = 0
    while (matcher.find()) {
      if (matcher.end() === matcher.start()) continue
      out.push(text.slice(at, matcher.start()))
      at = matcher.end()
    }
    return [...out, text.slice(at)]
  }

  private splitFields(): void {
    if (!this.fieldsStale) return
    this.fieldsStale = false
    this.fields = this.split(this.record, this.variableText('FS')).map(fromInput)
    this.handles(this.fields.length)
    this.globals.set('NF', { scalar: this.fields.length })
  }

  private join(): void {
    if (!this.recordStale) return
    this.recordStale = false
    this.handles(this.fields.length)
    this.record = this.fields.map((field) => this.text(field)).join(this.variableText('OFS'))
  }

  field(index: number): Scalar {
    if (index === 0) {
      this.join()
      return fromInput(this.record)
    }
    if (index < 0) throw new AwkError(`attempt to access field ${index}`)
    this.splitFields()
    return this.fields[index - 1]
  }

  setField(index: number, value: Scalar): void {
    if (index === 0) {
      this.setRecord(this.text(value))
      return
    }
    this.splitFields()
    if (index < 0 || index > 100_000) throw new AwkError(`attempt to access field ${index}`)
    while (this.fields.length < index) this.fields.push('')
    this.fields[index - 1] = value
    this.recordStale = true
    this.globals.set('NF', { scalar: this.fields.length })
  }

  // ── variables ──

  private cell(name: string): Cell | undefined {
    return this.locals?.get(name) ?? this.globals.get(name)
  }

  variable(name: string): Scalar {
    if (name === 'NF') this.splitFields()
    const cell = this.cell(name)
    if (cell !== undefined && 'array' in cell) throw new AwkError(`can't read value of ${name}; it's an array name.`)
    return cell?.scalar
  }

  variableText(name: string): string {
    return this.text(this.variable(name))
  }

  setVariable(name: string, value: Scalar): void {
    const scope = this.locals?.has(name) === true ? this.locals : this.globals
    const old = scope.get(name)
    if (old !== undefined && 'array' in old) throw new AwkError(`can't assign to ${name}; it's an array name.`)
    scope.set(name, { scalar: value })
    if (name !== 'NF' || scope !== this.globals) return
    this.splitFields()
    const count = Math.min(100_000, Math.max(0, toNumber(value)))
    this.handles(count)
    while (this.fields.length < count) this.fields.push('')
    this.fields.length = count
    this.recordStale = true
  }

  array(name: string): AwkArray {
    const cell = this.cell(name)
    if (cell !== undefined && 'array' in cell) return cell.array
    if (cell !== undefined && cell.scalar !== undefined) throw new AwkError(`can't use scalar ${name} as array`)
    const array: AwkArray = new Map()
    const scope = this.locals?.has(name) === true ? this.locals : this.globals
    scope.set(name, { array })
    return array
  }

  text(v: Scalar): string {
    if (typeof v === 'string') return v
    if (v === undefined) return ''
    if (typeof v === 'object') return v.text
    return this.numberText(v, 'CONVFMT')
  }

  private numberText(n: number, format: 'CONVFMT' | 'OFMT'): string {
    if (Number.isInteger(n) && Math.abs(n) < 1e16) return String(n === 0 ? 0 : n)
    if (!Number.isFinite(n)) return Number.isNaN(n) ? 'nan' : n > 0 ? 'inf' : '-inf'
    return formatPrintf(
      this.text(this.globals.get(format) !== undefined ? (this.globals.get(format) as { scalar: Scalar }).scalar : '%.6g'),
      [String(n)],
    ).text
  }

  truth(v: Scalar): boolean {
    if (typeof v === 'number') return v !== 0
    if (typeof v === 'object') return v.number !== 0
    return v !== undefined && v !== ''
  }

  private key(keys: readonly Expr[]): string {
    return keys.length === 1
      ? this.text(this.evaluate(keys[0]!))
      : keys.map((key) => this.text(this.evaluate(key))).join(this.variableText('SUBSEP'))
  }

  // ── statements ──

  /** A search takes its time with the length of its text and of what is searched for. */
  searches(text: string, source = ''): void {
    this.count(4 * searchSteps(text, source))
  }

  /** So do a copy and a change; and a text cannot grow without end. */
  copies(text: string): string {
    this.count(text.length >> 5)
    if (text.length > maxOutput) throw new AwkError('a string is too long')
    return text
  }

  /** Fields, items or matches were handled. */
  handles(items: number): void {
    this.count(items >> 1)
  }

  private count(more = 0): void {
    this.steps += 1 + more
    if (this.steps > maxSteps) throw new AwkError('the program runs without end')
  }

  /** Whether a pattern is in a text. */
  private finds(pattern: RE2JS, text: string): boolean {
    this.searches(text, pattern.pattern())
    return pattern.matcher(text).find()
  }

  print(text: string): void {
    this.count(text.length >> 5)
    this.stdout += text
    if (this.stdout.length > maxOutput) throw new AwkError('the output is too long')
  }

  execute(node: Stmt): void {
    this.count()
    switch (node.t) {
      case 'block':
        for (const inner of node.body) this.execute(inner)
        return
      case 'expression':
        this.evaluate(node.of)
        return
      case 'print':
        this.output(node)
        return
      case 'if':
        if (this.truth(this.evaluate(node.test))) this.execute(node.then)
        else if (node.otherwise !== undefined) this.execute(node.otherwise)
        return
      case 'delete':
        if (node.keys === undefined) this.array(node.name).clear()
        else this.array(node.name).delete(this.key(node.keys))
        return
      case 'jump':
        throw new Jump(node.kind)
      case 'exit':
        if (node.code !== undefined) this.exitCode = toNumber(this.evaluate(node.code))
        throw new Jump('exit')
      case 'return':
        throw new Jump('return', node.value === undefined ? undefined : this.evaluate(node.value))
      default:
        this.loop(node)
    }
  }

  private loop(node: Extract<Stmt, { t: 'while' | 'do' | 'for' | 'each' }>): void {
    const turn = (): boolean => {
      this.count()
      try {
        this.execute(node.body)
      } catch (error) {
        if (!(error instanceof Jump) || (error.kind !== 'break' && error.kind !== 'continue')) throw error
        return error.kind !== 'break'
      }
      return true
    }
    if (node.t === 'each') {
      const array = this.array(node.name)
      this.count(array.size * 2)
      for (const key of orderedKeys(array)) {
        if (!array.has(key)) continue
        this.setVariable(node.variable, fromInput(key))
        if (!turn()) return
      }
    } else if (node.t === 'for') {
      if (node.start !== undefined) this.execute(node.start)
      while (node.test === undefined || this.truth(this.evaluate(node.test))) {
        if (!turn()) return
        if (node.update !== undefined) this.execute(node.update)
      }
    } else if (node.t === 'while') {
      while (this.truth(this.evaluate(node.test))) if (!turn()) return
    } else {
      do if (!turn()) return
      while (this.truth(this.evaluate(node.test)))
    }
  }

  private output(node: Extract<Stmt, { t: 'print' }>): void {
    const values = node.args.map((arg) => this.evaluate(arg))
    const shown = (v: Scalar) => (typeof v === 'number' ? this.numberText(v, 'OFMT') : this.text(v))
    const text = node.formatted
      ? this.format(values)
      : `${values.length === 0 ? this.text(this.field(0)) : values.map(shown).join(this.variableText('OFS'))}${this.variableText('ORS')}`
    if (node.redirect === undefined) {
      this.print(text)
      return
    }
    if (node.redirect === '|') throw new AwkError('print | "command" is not simulated: pipe the output of awk instead')
    const name = this.text(this.evaluate(node.to!))
    if (name === '/dev/stderr') this.stderr += text
    else if (name === '/dev/stdout' || name === '-') this.print(text)
    else {
      const path = this.ctx.path(name)
      if (node.redirect === '>' && !this.outputs.has(path)) this.ctx.files.write(path, '')
      this.outputs.add(path)
      this.ctx.files.append(path, text)
    }
  }

  format(values: readonly Scalar[]): string {
    const [format, ...args] = values
    const source = this.text(format)
    // Awk's printf uses its format once, and %c of a number is a character.
    this.copies(source)
    const specs = source.match(/%%|%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?[a-zA-Z]|[^%]+|%/g) ?? []
    let at = 0
    const shown = specs
      .map((spec) => {
        if (spec === '%%') return '%'
        if (!spec.startsWith('%') || spec === '%') return spec
        const stars: string[] = (spec.match(/\*/g) ?? []).map(() => String(toNumber(args[at++])))
        const value = args[at++]
        const letter = spec.slice(-1)
        if (letter === 'c')
          return typeof value === 'number' ? String.fromCodePoint(Math.max(0, Math.floor(value)) % 0x110000) : this.text(value).slice(0, 1)
        const plain = spec.replaceAll('%', '%').replace(/\\/g, '\\\\')
        const text = letter === 's' ? this.text(value) : 'dixXou'.includes(letter) ? integerText(toNumber(value)) : String(toNumber(value))
        return formatPrintf(plain, [...stars, text]).text
      })
      .join('')
    return this.copies(shown)
  }

  // ── expressions ──

  evaluate(node: Expr): Scalar {
    this.count()
    switch (node.t) {
      case 'number':
      case 'string':
        return node.value
      case 'regex':
        return this.finds(posixPattern(node.source, true), this.text(this.field(0))) ? 1 : 0
      case 'variable':
        return this.variable(node.name)
      case 'field':
        return this.field(Math.trunc(toNumber(this.evaluate(node.index))))
      case 'element': {
        const array = this.array(node.name)
        const key = this.key(node.keys)
        if (!array.has(key)) array.set(key, undefined)
        return array.get(key)
      }
      case 'in':
        return this.array(node.name).has(this.key(node.keys)) ? 1 : 0
      case 'group':
        return this.evaluate(node.of)
      case 'unary': {
        const value = this.evaluate(node.of)
        return node.operator === '!' ? (this.truth(value) ? 0 : 1) : node.operator === '-' ? -toNumber(value) : toNumber(value)
      }
      case 'step': {
        const old = toNumber(this.evaluate(node.of))
        const next = node.operator === '++' ? old + 1 : old - 1
        this.store(node.of, next)
        return node.prefix ? next : old
      }
      case 'concat': {
        const text = this.text(this.evaluate(node.left)) + this.text(this.evaluate(node.right))
        if (text.length > maxOutput) throw new AwkError('a string is too long')
        return text
      }
      case 'choice':
        return this.evaluate(this.truth(this.evaluate(node.test)) ? node.then : node.otherwise)
      case 'match':
        return this.finds(this.pattern(node.right), this.text(this.evaluate(node.left))) !== node.negated ? 1 : 0
      case 'assign':
        return this.assign(node)
      case 'binary':
        return this.binary(node)
      case 'getline':
        return this.getline(node)
      case 'call':
        return this.call(node)
    }
  }

  /** A regular expression from a literal or from a text. */
  pattern(node: Expr) {
    return posixPattern(node.t === 'regex' ? node.source : this.text(this.evaluate(node)), true)
  }

  store(target: Expr, value: Scalar): void {
    if (target.t === 'variable') this.setVariable(target.name, value)
    else if (target.t === 'field') this.setField(Math.trunc(toNumber(this.evaluate(target.index))), value)
    else if (target.t === 'element') this.array(target.name).set(this.key(target.keys), value)
    else if (target.t === 'group') this.store(target.of, value)
    else throw new AwkError('syntax error: assignment to something that is no variable')
  }

  private assign(node: Extract<Expr, { t: 'assign' }>): Scalar {
    const right = this.evaluate(node.value)
    const value = node.operator === '' ? right : calculate(node.operator, toNumber(this.evaluate(node.target)), toNumber(right))
    this.store(node.target, value)
    return value
  }

  private binary(node: Extract<Expr, { t: 'binary' }>): Scalar {
    const { operator } = node
    if (operator === '&&') return this.truth(this.evaluate(node.left)) && this.truth(this.evaluate(node.right)) ? 1 : 0
    if (operator === '||') return this.truth(this.evaluate(node.left)) || this.truth(this.evaluate(node.right)) ? 1 : 0
    const left = this.evaluate(node.left)
    const right = this.evaluate(node.right)
    if (!/[<>=]/.test(operator)) return calculate(operator, toNumber(left), toNumber(right))
    const numeric = typeof left !== 'string' && typeof right !== 'string'
    const order = numeric ? toNumber(left) - toNumber(right) : compareBytes(this.text(left), this.text(right))
    const truth = { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>=': order >= 0, '>': order > 0 }[operator]
    return truth ? 1 : 0
  }

  private getline(node: Extract<Expr, { t: 'getline' }>): Scalar {
    let line: string | undefined
    if (node.file === undefined) line = this.nextRecord()
    else {
      const name = this.text(this.evaluate(node.file))
      let source = this.inputs.get(name)
      if (source === undefined) {
        try {
          source = { text: name === '-' ? this.ctx.stdin() : this.ctx.files.read(this.ctx.path(name)), at: 0 }
        } catch (error) {
          if (error instanceof FileError) return -1
          throw error
        }
        this.inputs.set(name, source)
      }
      line = this.readFrom(source)
    }
    if (line === undefined) return 0
    if (node.target === undefined) this.setRecord(line)
    else this.store(node.target, fromInput(line))
    return 1
  }

  private call(node: Extract<Expr, { t: 'call' }>): Scalar {
    const known = this.program.functions.get(node.name)
    if (known === undefined) {
      if (node.name === 'close') {
        const name = this.text(this.evaluate(node.args[0]!))
        this.inputs.delete(name)
        return 0
      }
      if (node.name === 'systime') return Math.floor(this.ctx.now() / 1000)
      if (node.name === 'strftime')
        return strftime(
          node.args[0] === undefined ? '%c' : this.text(this.evaluate(node.args[0])),
          node.args[1] === undefined ? this.ctx.now() : toNumber(this.evaluate(node.args[1])) * 1000,
        )
      return callBuiltin(this, node.name, node.args)
    }
    if (++this.depth > 500) throw new AwkError(`function call nesting too deep in ${node.name}`)
    const scope = new Map<string, Cell>()
    const borrowed: { name: string; parameter: string }[] = []
    known.parameters.forEach((parameter, i) => {
      const arg = node.args[i]
      const cell = arg?.t === 'variable' ? this.cell(arg.name) : undefined
      if (cell !== undefined && 'array' in cell) scope.set(parameter, cell)
      else if (arg?.t === 'variable' && (cell === undefined || cell.scalar === undefined)) {
        scope.set(parameter, { scalar: undefined })
        borrowed.push({ name: arg.name, parameter })
      } else scope.set(parameter, { scalar: arg === undefined ? undefined : this.evaluate(arg) })
    })
    const saved = this.locals
    this.locals = scope
    try {
      this.execute(known.body)
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'return') throw error
      return error.value
    } finally {
      this.locals = saved
      this.depth--
      // An unset variable that the function used as an array becomes that array outside too.
      for (const { name, parameter } of borrowed) {
        const cell = scope.get(parameter)
        if (cell !== undefined && 'array' in cell) (this.locals?.has(name) === true ? this.locals : this.globals).set(name, cell)
      }
    }
    return undefined
  }
}

/** Keys of an array in a fixed order: numbers by value first, then the rest by bytes (real awks promise none). */
export function orderedKeys(array: AwkArray): string[] {
  const isNumber = (key: string) => /^-?\d+$/.test(key)
  return [...array.keys()].sort((a, b) => {
    if (isNumber(a) && isNumber(b)) return Number(a) - Number(b)
    return isNumber(a) !== isNumber(b) ? (isNumber(a) ? -1 : 1) : compareBytes(a, b)
  })
}

function integerText(n: number): string {
  if (!Number.isFinite(n)) return '0'
  return Math.abs(n) < 1e21 ? String(Math.trunc(n)) : BigInt(Math.trunc(n)).toString()
}

function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      if (b === 0) throw new AwkError('division by zero')
      return a / b
    case '%':
      if (b === 0) throw new AwkError('division by zero in %')
      return a % b
    default:
      return a ** b
  }
}
