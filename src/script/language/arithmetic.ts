/**
 * Shell arithmetic (POSIX XCU 2.6.4 with bash's `++`, `**`, `,`, arrays and `base#n`): 64-bit integers that wrap round.
 */
import type { ArithmeticExpression } from 'unbash'
import type { Expansion } from './expand.ts'
import { program, wordOf } from './program.ts'
import { ScriptError } from './state.ts'

const maxDepth = 64

const wrap = (value: bigint) => BigInt.asIntN(64, value)

function digitValue(char: string, base: number): number {
  if (char >= '0' && char <= '9') return char.charCodeAt(0) - 48
  if (char >= 'a' && char <= 'z') return char.charCodeAt(0) - 87
  if (char >= 'A' && char <= 'Z') return char.charCodeAt(0) - (base <= 36 ? 55 : 29)
  return char === '@' ? 62 : char === '_' ? 63 : 99
}

function number(text: string): bigint | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text)
  if (/^0[0-7]*$/.test(text)) return text === '0' ? 0n : BigInt(`0o${text.slice(1)}`)
  if (/^[1-9][0-9]*$/.test(text)) return BigInt(text)
  if (/^0[0-9]+$/.test(text)) throw new ScriptError(`${text}: value too great for base (error token is "${text}")`, true)
  const based = /^([0-9]{1,2})#([0-9a-zA-Z@_]+)$/.exec(text)
  if (based === null) return undefined
  const base = Number(based[1])
  let value = 0n
  for (const char of based[2]!) {
    const digit = digitValue(char, base)
    if (digit >= base) throw new ScriptError(`${text}: value too great for base (error token is "${text}")`, true)
    value = value * BigInt(base) + BigInt(digit)
  }
  return value
}

/** The value of an arithmetic text (a variable's value, `let`'s argument). */
export function evaluateText(text: string, x: Expansion, depth = 0): bigint {
  const trimmed = text.trim()
  if (trimmed === '') return 0n
  if (trimmed.length > 4096) throw new ScriptError('arithmetic expression too long')
  const plain = /^-?[0-9]/.test(trimmed) ? number(trimmed.replace(/^-/, '')) : undefined
  if (plain !== undefined) return wrap(trimmed.startsWith('-') ? -plain : plain)
  if (depth > maxDepth) throw new ScriptError(`${trimmed}: expression recursion level exceeded (error token is "${trimmed}")`)
  const made = program(`((${trimmed}\n))`)
  const node = made.nodes.find((candidate) => candidate.type === 'ArithmeticCommand')
  if (made.errors.length > 0 || node?.type !== 'ArithmeticCommand' || node.expression === undefined) {
    throw new ScriptError(`${trimmed}: syntax error: operand expected (error token is "${trimmed}")`)
  }
  return evaluate(node.expression, x.within(made), depth + 1)
}

/** The value of an arithmetic expression; assignments happen on the way. Throws `ScriptError` (division by 0, …). */
export function evaluate(node: ArithmeticExpression, x: Expansion, depth = 0): bigint {
  switch (node.type) {
    case 'ArithmeticGroup':
      return evaluate(node.expression, x, depth)
    case 'ArithmeticTernary':
      return evaluate(evaluate(node.test, x, depth) !== 0n ? node.consequent : node.alternate, x, depth)
    case 'ArithmeticWord':
      return operand(wordText(node, x), x, depth)
    case 'ArithmeticCommandExpansion':
      return operand(x.substitution(node), x, depth)
    case 'ArithmeticUnary':
      return unary(node, x, depth)
    case 'ArithmeticBinary':
      return binary(node, x, depth)
  }
}

/** The text of an operand; the parser leaves a lone `$1` whole. */
function wordText(node: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>, x: Expansion): string {
  if (node.parts !== undefined) return x.arithmeticText(node.parts)
  if (!/[$`"'\\]/.test(node.value)) return node.value
  const made = wordOf(node.value)
  return made === undefined ? node.value : x.within(made.program).text(made.word)
}

function operand(text: string, x: Expansion, depth: number): bigint {
  const trimmed = text.trim()
  if (/^[0-9]/.test(trimmed)) {
    const value = number(trimmed)
    if (value !== undefined) return wrap(value)
  }
  const target = reference(trimmed)
  if (target === undefined) return evaluateText(trimmed, x, depth + 1)
  const value = x.remember(
    () =>
      x.env.element(target.name, target.index === undefined ? undefined : x.subscript(target.name, target.index)) ?? x.unset(target.name),
  )
  return evaluateText(value, x, depth + 1)
}

function reference(text: string): { name: string; index?: string } | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[([\s\S]*)\])?$/.exec(text)
  return match === null ? undefined : { name: match[1]!, index: match[2] }
}

function assign(node: ArithmeticExpression, value: bigint, x: Expansion): bigint {
  const target = node.type === 'ArithmeticWord' ? reference(wordText(node, x).trim()) : undefined
  if (target === undefined) throw new ScriptError('attempted assignment to non-variable')
  x.remember(() => {
    x.env.assign(target.name, String(value), target.index === undefined ? undefined : x.subscript(target.name, target.index))
    return true
  })
  return value
}

function unary(node: Extract<ArithmeticExpression, { type: 'ArithmeticUnary' }>, x: Expansion, depth: number): bigint {
  const value = evaluate(node.operand, x, depth)
  switch (node.operator) {
    case '-':
      return wrap(-value)
    case '!':
      return value === 0n ? 1n : 0n
    case '~':
      return wrap(~value)
    case '++':
    case '--': {
      const next = assign(node.operand, wrap(node.operator === '++' ? value + 1n : value - 1n), x)
      return node.prefix ? next : value
    }
    default:
      return value
  }
}

function binary(node: Extract<ArithmeticExpression, { type: 'ArithmeticBinary' }>, x: Expansion, depth: number): bigint {
  const { operator } = node
  if (operator === '&&') return evaluate(node.left, x, depth) !== 0n && evaluate(node.right, x, depth) !== 0n ? 1n : 0n
  if (operator === '||') return evaluate(node.left, x, depth) !== 0n || evaluate(node.right, x, depth) !== 0n ? 1n : 0n
  if (operator === '=') return assign(node.left, evaluate(node.right, x, depth), x)
  const left = evaluate(node.left, x, depth)
  const right = evaluate(node.right, x, depth)
  const compound = /^(\*\*|<<|>>|[-+*/%&|^])=$/.exec(operator)
  return compound === null ? combine(operator, left, right) : assign(node.left, combine(compound[1]!, left, right), x)
}

function combine(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return wrap(a + b)
    case '-':
      return wrap(a - b)
    case '*':
      return wrap(a * b)
    case '/':
    case '%':
      if (b === 0n) throw new ScriptError('division by 0 (error token is "0")')
      return wrap(operator === '/' ? a / b : a % b)
    case '**':
      return power(a, b)
    case '<<':
      return wrap(a << (b & 63n))
    case '>>':
      return wrap(a >> (b & 63n))
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '<':
      return a < b ? 1n : 0n
    case '>':
      return a > b ? 1n : 0n
    case '<=':
      return a <= b ? 1n : 0n
    case '>=':
      return a >= b ? 1n : 0n
    case '==':
      return a === b ? 1n : 0n
    case '!=':
      return a !== b ? 1n : 0n
    case ',':
      return b
    default:
      throw new ScriptError(`syntax error: invalid arithmetic operator (error token is "${operator}")`)
  }
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new ScriptError('exponent less than 0 (error token is "")')
  let result = 1n
  let factor = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = wrap(result * factor)
    factor = wrap(factor * factor)
  }
  return result
}
