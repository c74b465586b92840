/** awk's own functions: strings, substitution, arithmetic. */
import { cutPoints, lengthOf } from '../bytes.ts'
import { posixPattern } from '../posix-regex.ts'
import { AwkError, type Expr } from './awk-parse.ts'
import { type AwkMachine, fromInput, type Scalar, toNumber } from './awk-run.ts'

function substitute(machine: AwkMachine, args: readonly Expr[], global: boolean): number {
  const target = args[2] ?? { t: 'field', index: { t: 'number', value: 0 } }
  const text = machine.text(machine.evaluate(target as Expr))
  const replacement = machine.text(machine.evaluate(args[1]!))
  const pattern = machine.pattern(args[0]!)
  machine.searches(text, pattern.pattern())
  const matcher = pattern.matcher(text)
  let out = ''
  let at = 0
  let count = 0
  while (matcher.find()) {
    count++
    const whole = text.slice(matcher.start(), matcher.end())
    out += text.slice(at, matcher.start()) + replacement.replace(/\\\\|\\&|&/g, (mark) => (mark === '&' ? whole : mark.slice(1)))
    at = matcher.end()
    if (!global) break
    machine.handles(4)
  }
  if (count > 0) machine.store(target as Expr, machine.copies(out + text.slice(at)))
  return count
}

function generalSubstitute(machine: AwkMachine, args: readonly Expr[]): string {
  const how = machine.text(machine.evaluate(args[2]!))
  const text = machine.text(args[3] === undefined ? machine.field(0) : machine.evaluate(args[3]))
  const replacement = machine.text(machine.evaluate(args[1]!))
  const pattern = machine.pattern(args[0]!)
  machine.searches(text, pattern.pattern())
  const matcher = pattern.matcher(text)
  let out = ''
  let at = 0
  for (let n = 1; matcher.find(); n++) {
    if (!/^[gG]/.test(how) && n !== Number(how)) continue
    out +=
      text.slice(at, matcher.start()) +
      replacement.replace(/\\\\|\\(\d)|\\&|&/g, (mark, digit?: string) =>
        digit !== undefined ? (matcher.group(Number(digit)) ?? '') : mark === '&' ? (matcher.group() ?? '') : mark.slice(1),
      )
    at = matcher.end()
    if (!/^[gG]/.test(how)) break
    machine.handles(8)
  }
  return machine.copies(out + text.slice(at))
}

function splitInto(machine: AwkMachine, args: readonly Expr[]): number {
  const text = machine.text(machine.evaluate(args[0]!))
  const target = args[1]!
  if (target.t !== 'variable') throw new AwkError('split: second argument is no array')
  const separator =
    args[2] === undefined ? machine.variableText('FS') : args[2].t === 'regex' ? args[2].source : machine.text(machine.evaluate(args[2]))
  machine.searches(text, separator)
  const single = args[2]?.t === 'regex' && separator.length === 1 && /[.*+?()|[{^$]/.test(separator)
  const parts = single ? regexSplit(text, separator) : machine.split(text, separator)
  const array = machine.array(target.name)
  array.clear()
  machine.handles(parts.length * 2)
  parts.forEach((part, i) => {
    array.set(String(i + 1), fromInput(part))
  })
  return parts.length
}

function regexSplit(text: string, source: string): string[] {
  return text === '' ? [] : posixPattern(source, true).split(text, -1)
}

/** Calls a function of awk itself. Throws `AwkError`. */
export function callBuiltin(machine: AwkMachine, name: string, args: readonly Expr[]): Scalar {
  const text = (i: number) => machine.copies(machine.text(args[i] === undefined ? undefined : machine.evaluate(args[i])))
  const number = (i: number) => toNumber(args[i] === undefined ? undefined : machine.evaluate(args[i]))
  switch (name) {
    case 'length': {
      const arg = args[0]
      if (arg === undefined) return lengthOf(machine.copies(machine.text(machine.field(0))))
      if (arg.t === 'variable') {
        const cell = machine.globals.get(arg.name)
        if (cell !== undefined && 'array' in cell) return cell.array.size
        try {
          return lengthOf(machine.copies(machine.variableText(arg.name)))
        } catch (error) {
          if (error instanceof AwkError) return machine.array(arg.name).size
          throw error
        }
      }
      return lengthOf(text(0))
    }
    case 'substr': {
      const subject = text(0)
      const from = Math.round(number(1))
      const to = args[2] === undefined ? subject.length + 1 : from + Math.round(number(2))
      return cutPoints(subject, Math.max(0, from - 1), Math.max(0, to - 1))
    }
    case 'index': {
      const subject = text(0)
      const at = subject.indexOf(text(1))
      return at < 0 ? 0 : lengthOf(subject.slice(0, at)) + 1
    }
    case 'split':
      return splitInto(machine, args)
    case 'sub':
    case 'gsub':
      return substitute(machine, args, name === 'gsub')
    case 'gensub':
      return generalSubstitute(machine, args)
    case 'match': {
      const subject = text(0)
      const pattern = machine.pattern(args[1]!)
      machine.searches(subject, pattern.pattern())
      const matcher = pattern.matcher(subject)
      const found = matcher.find()
      machine.setVariable('RSTART', found ? matcher.start() + 1 : 0)
      machine.setVariable('RLENGTH', found ? matcher.end() - matcher.start() : -1)
      if (args[2]?.t === 'variable') {
        const array = machine.array(args[2].name)
        array.clear()
        if (found) for (let i = 0; i <= matcher.groupCount(); i++) array.set(String(i), fromInput(matcher.group(i) ?? ''))
      }
      return found ? matcher.start() + 1 : 0
    }
    case 'sprintf':
      return machine.format(args.map((arg) => machine.evaluate(arg)))
    case 'tolower':
      return text(0).toLowerCase()
    case 'toupper':
      return text(0).toUpperCase()
    case 'int':
      return Math.trunc(number(0))
    case 'sqrt':
      return Math.sqrt(number(0))
    case 'exp':
      return Math.exp(number(0))
    case 'log':
      return Math.log(number(0))
    case 'sin':
      return Math.sin(number(0))
    case 'cos':
      return Math.cos(number(0))
    case 'atan2':
      return Math.atan2(number(0), number(1))
    case 'rand':
      return machine.ctx.random()
    case 'srand':
    case 'fflush':
      return 0
    case 'system':
      throw new AwkError('system() is not simulated: use the shell around awk')
    default:
      throw new AwkError(`function ${name} never defined`)
  }
}
