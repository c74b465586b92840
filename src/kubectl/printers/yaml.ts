/**
 * YAML as kubectl prints it (sigs.k8s.io/yaml over go-yaml v2): sorted keys, lists not indented under their key, literal blocks.
 */
import { foldedScalar } from './yaml-fold.ts'
import { analyse, inlineScalar, literalHeader } from './yaml-scalars.ts'

const isLetter = (char: string): boolean => /\p{L}/u.test(char)
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

/** go-yaml's order of keys: letters after other signs, runs of digits by their value. */
export function compareKeys(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  let digits = false
  for (let i = 0; i < x.length && i < y.length; i++) {
    const p = x[i]!
    const q = y[i]!
    if (p === q) {
      digits = isDigit(p)
      continue
    }
    const pl = isLetter(p)
    const ql = isLetter(q)
    if (pl && ql) return p < q ? -1 : 1
    if (pl || ql) return (digits ? pl : ql) ? -1 : 1
    return compareNumbers(x, y, i)
  }
  return x.length - y.length
}

function compareNumbers(x: readonly string[], y: readonly string[], at: number): number {
  let xn = 0
  let yn = 0
  if (x[at] === '0' || y[at] === '0') {
    for (let j = at - 1; j >= 0 && isDigit(x[j]); j--) {
      if (x[j] !== '0') {
        xn = 1
        yn = 1
        break
      }
    }
  }
  let xi = at
  for (; isDigit(x[xi]); xi++) xn = xn * 10 + Number(x[xi])
  let yi = at
  for (; isDigit(y[yi]); yi++) yn = yn * 10 + Number(y[yi])
  if (xn !== yn) return xn - yn
  if (xi !== yi) return xi - yi
  return x[at]! < y[at]! ? -1 : 1
}

/** A number as Go's 'g' format writes it. */
export function goNumber(n: number): string {
  if (Number.isInteger(n) && Math.abs(n) < 1e21) return Object.is(n, -0) ? '-0' : String(n)
  const text = n.toExponential()
  const exponent = Number(text.slice(text.indexOf('e') + 1))
  if (exponent >= -4 && exponent < 21) return String(n)
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function scalar(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return value.includes('\n') ? undefined : inlineScalar(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : undefined
  return Object.keys(value as object).every((key) => (value as Record<string, unknown>)[key] === undefined) ? '{}' : undefined
}

function literal(text: string, indent: string, column: number): string {
  if (!analyse(text).block) return ` ${foldedScalar(text, column, indent)}\n`
  const lines = text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  return ` ${literalHeader(text)}\n${lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')}`
}

/** What follows a key's colon (` x\n`, or a nested block after a line break). */
function afterKey(value: unknown, indent: string, column: number): string {
  if (typeof value === 'string' && !value.includes('\n')) return ` ${foldedScalar(value, column, `${indent}  `)}\n`
  const short = scalar(value)
  if (short !== undefined) return ` ${short}\n`
  if (typeof value === 'string') return literal(value, `${indent}  `, column)
  if (Array.isArray(value)) return `\n${sequence(value, indent)}`
  return `\n${mapping(value as Record<string, unknown>, `${indent}  `)}`
}

function mapping(value: Record<string, unknown>, indent: string): string {
  let out = ''
  for (const key of Object.keys(value).sort(compareKeys)) {
    if (value[key] === undefined) continue
    const written = key === '' ? '""' : inlineScalar(key)
    out += `${indent}${written}:${afterKey(value[key], indent, indent.length + written.length + 2)}`
  }
  return out
}

function sequence(items: readonly unknown[], indent: string): string {
  let out = ''
  for (const item of items) {
    const short = typeof item === 'string' && !item.includes('\n') ? foldedScalar(item, indent.length + 2, `${indent}  `) : scalar(item)
    if (short !== undefined) out += `${indent}- ${short}\n`
    else if (typeof item === 'string') out += `${indent}-${literal(item, `${indent}  `, indent.length + 2)}`
    else if (Array.isArray(item)) out += `${indent}- ${sequence(item, `${indent}  `).slice(indent.length + 2)}`
    else out += `${indent}- ${mapping(item as Record<string, unknown>, `${indent}  `).slice(indent.length + 2)}`
  }
  return out
}

/** A value as a YAML document, newline included. */
export function toYaml(value: unknown): string {
  const short = scalar(value)
  if (short !== undefined) return `${short}\n`
  if (typeof value === 'string') return literal(value, '  ', 0).slice(1)
  return Array.isArray(value) ? sequence(value, '') : mapping(value as Record<string, unknown>, '')
}
