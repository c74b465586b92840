/** `[[ … ]]` of bash: patterns on the right of `==`, expressions of `=~` (re2js), no splitting. */
import type { TestExpression } from 'unbash'
import { compareBytes } from '../bytes.ts'
import { permits } from '../credentials.ts'
import { type FileStat, normalisePath } from '../files.ts'
import { evaluateText } from './arithmetic.ts'
import { variable } from './environment.ts'
import type { Expansion } from './expand.ts'
import type { Kernel } from './kernel.ts'
import { compile, matches } from './pattern.ts'
import { type Process, ScriptError } from './state.ts'

/** The truth of a test expression. */
export function evaluateTest(kernel: Kernel, process: Process, node: TestExpression, x: Expansion): boolean {
  switch (node.type) {
    case 'TestGroup':
      return evaluateTest(kernel, process, node.expression, x)
    case 'TestNot':
      return (node.negations.length % 2 === 1) !== evaluateTest(kernel, process, node.operand, x)
    case 'TestLogical':
      return node.operator === '&&'
        ? node.operands.every((operand) => evaluateTest(kernel, process, operand, x))
        : node.operands.some((operand) => evaluateTest(kernel, process, operand, x))
    case 'TestUnary':
      return unaryTest(kernel, process, node.operator, x.text(node.operand))
    case 'TestBinary': {
      const left = x.text(node.left)
      if (node.operator === '==' || node.operator === '=') return matches(x.pattern(node.right), left)
      if (node.operator === '!=') return !matches(x.pattern(node.right), left)
      if (node.operator === '=~') return matchExpression(process, left, expressionText(node.right, x))
      if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(node.operator))
        return compareNumbers(node.operator, evaluateText(left, x), evaluateText(x.text(node.right), x))
      return binaryTest(kernel, process, left, node.operator, x.text(node.right)) ?? false
    }
  }
}

function expressionText(word: Parameters<Expansion['text']>[0], x: Expansion): string {
  if (word.parts === undefined) return word.text
  return word.parts
    .map((part) =>
      part.type === 'SingleQuoted' || part.type === 'DoubleQuoted'
        ? x.arithmeticText([part]).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
        : 'value' in part
          ? part.text
          : x.arithmeticText([part]),
    )
    .join('')
}

function matchExpression(process: Process, text: string, source: string): boolean {
  let matcher: ReturnType<ReturnType<typeof compile>['matcher']>
  try {
    matcher = compile(source).matcher(text)
  } catch {
    throw new ScriptError(`[[: invalid regular expression \`${source}'`, false, 2)
  }
  const found = matcher.find()
  const groups: Record<string, string> = {}
  if (found) for (let i = 0; i <= matcher.groupCount(); i++) groups[i] = matcher.group(i) ?? ''
  process.vars.BASH_REMATCH = { v: groups[0] ?? '', a: groups }
  return found
}

export function compareNumbers(operator: string, left: bigint, right: bigint): boolean {
  switch (operator) {
    case '-eq':
      return left === right
    case '-ne':
      return left !== right
    case '-lt':
      return left < right
    case '-le':
      return left <= right
    case '-gt':
      return left > right
    default:
      return left >= right
  }
}

/** `-f x` and the other tests of one operand, for `[` and `[[`. */
export function unaryTest(kernel: Kernel, process: Process, operator: string, operand: string): boolean {
  const status = () => {
    const { files } = kernel.host
    const path = normalisePath(operand, process.cwd)
    if (operand === '') return undefined
    if (/^\/dev\/(?:null|stdin|stdout|stderr|zero|u?random|tty|fd\/\d+)$/.test(path))
      return { kind: 'device' as const, mode: 0o666, size: 0, mtimeMs: 0 }
    const stat = files.stat(path)
    if (stat?.kind !== 'symlink') return stat
    try {
      files.list(path)
      return { ...stat, kind: 'directory' as const }
    } catch {
      try {
        return { ...stat, kind: 'file' as const, size: files.read(path).length }
      } catch {
        return undefined
      }
    }
  }
  const may = (bits: number): boolean => {
    const found = status()
    const who = kernel.machine.credentials
    if (found === undefined) return false
    if (who !== undefined && found.kind !== 'device') return permits(found as FileStat, who, bits)
    return (found.mode & (bits * 0o111)) !== 0
  }
  switch (operator) {
    case '-z':
      return operand === ''
    case '-n':
      return operand !== ''
    case '-e':
    case '-a':
      return status() !== undefined
    case '-f':
      return status()?.kind === 'file'
    case '-d':
      return status()?.kind === 'directory'
    case '-s':
      return (status()?.size ?? 0) > 0
    case '-r':
      return may(4)
    case '-w':
      return may(2)
    case '-x':
      return may(1)
    case '-L':
    case '-h':
      return kernel.host.files.stat(normalisePath(operand, process.cwd))?.kind === 'symlink'
    case '-c':
      return (status()?.kind as string) === 'device'
    case '-v':
      return variable(process, operand) !== undefined && variable(process, operand)!.u !== 1
    case '-o':
      return process.options[operand] === 1
    case '-t':
      return process.interactive && process.fds[operand] !== undefined
    default:
      return false
  }
}

/** Tests of two operands for `[` and `[[`; `undefined` for an unknown operator. */
export function binaryTest(kernel: Kernel, process: Process, left: string, operator: string, right: string): boolean | undefined {
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return compareBytes(left, right) < 0
    case '>':
      return compareBytes(left, right) > 0
    case '-nt':
    case '-ot': {
      const time = (name: string) => kernel.host.files.stat(normalisePath(name, process.cwd))?.mtimeMs ?? -1
      return operator === '-nt' ? time(left) > time(right) : time(left) < time(right)
    }
    case '-ef':
      return normalisePath(left, process.cwd) === normalisePath(right, process.cwd)
    case '-eq':
    case '-ne':
    case '-lt':
    case '-le':
    case '-gt':
    case '-ge':
      return compareNumbers(operator, integer(left), integer(right))
    default:
      return undefined
  }
}

function integer(text: string): bigint {
  const trimmed = text.trim()
  if (!/^[-+]?\d+$/.test(trimmed)) throw new ScriptError(`[: ${text}: integer expression expected`, false, 2)
  return BigInt(trimmed.replace(/^\+/, ''))
}
