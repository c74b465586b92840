/** Parameter expansion (POSIX XCU 2.6.2; bash's slices, replacement, case, indirection, arrays). */
import type { ParameterOperation } from 'unbash'
import { cutPoints, lengthOf } from '../bytes.ts'
import { evaluateText } from './arithmetic.ts'
import type { Expansion, ParameterLike } from './expand.ts'
import type { FieldList } from './fields.ts'
import { matches, removeMatch, replaceMatch, searchSteps } from './pattern.ts'
import { ScriptError } from './state.ts'

/** A list for `$@` and `$*` (`joined`: quoted it is one word), a text for the rest. */
export type ParameterValue = string | { readonly items: string[]; readonly joined: boolean }

/**
 * The value of `$x` or `${x…}`. `undefined`: the default's word was added to the list already, or there is nothing to add.
 * Throws `ScriptError` (unbound variable, `${x:?…}`, bad substitution).
 */
export function parameterExpansion(part: ParameterLike, x: Expansion, quoted: boolean, list: FieldList): ParameterValue | undefined {
  const { operation } = part
  if (part.prefix === '!' && operation?.type === 'Names')
    return { items: [...x.env.names(part.parameter)], joined: operation.operator === '*' }
  if (part.prefix === '!' && part.index !== undefined && /^[@*]$/.test(part.index.text))
    return { items: [...x.env.keys(part.parameter)], joined: part.index.text === '*' }
  if (operation?.type === 'Unknown' || (part.parameter === '' && part.prefix === undefined))
    throw new ScriptError(`${part.text}: bad substitution`)
  const value = x.remember(() => read(part, x) ?? null) ?? undefined
  if (part.prefix === '#')
    return String(value === undefined ? lengthOfUnset(part, x) : typeof value === 'string' ? lengthOf(value) : value.items.length)
  if (operation?.type === 'Default') return defaulted(part, operation, value, x, quoted, list)
  if (value === undefined) {
    if (x.env.option('nounset') && !/^[@*]$/.test(part.parameter))
      throw new ScriptError(`${part.parameter}: ${x.env.messages.unset}`, true, x.env.messages.status)
    return operation === undefined || quoted ? '' : ''
  }
  if (operation === undefined) return value
  if (operation.type === 'Slice') return slice(value, operation, x, part.parameter)
  const { change, pattern } = transform(operation, x)
  const texts = typeof value === 'string' ? [value] : value.items
  x.env.charge(texts.reduce((sum, text) => sum + 1 + (text.length >> 5) + 2 * searchSteps(text, pattern), 0))
  return typeof value === 'string' ? change(value) : { items: value.items.map(change), joined: value.joined }
}

function lengthOfUnset(part: ParameterLike, x: Expansion): number {
  if (x.env.option('nounset')) throw new ScriptError(`${part.parameter}: unbound variable`)
  return 0
}

function read(part: ParameterLike, x: Expansion): ParameterValue | undefined {
  let name = part.parameter
  if (part.prefix === '!') {
    const target = x.env.parameter(name)
    if (typeof target !== 'string' || target === '') throw new ScriptError(`${name}: invalid indirect expansion`)
    name = target
    const element = /^([A-Za-z_]\w*)\[(.*)\]$/.exec(target)
    if (element !== null) {
      if (/^[@*]$/.test(element[2]!)) return all(element[1]!, element[2] === '*', x)
      return x.env.element(element[1]!, x.subscript(element[1]!, element[2]!))
    }
  }
  if (part.index === undefined) return x.env.parameter(name)
  const index = part.index.text
  if (index === '@' || index === '*') return all(name, index === '*', x)
  return x.env.element(name, x.env.isAssociative(name) ? x.text(part.index) : x.subscript(name, x.text(part.index)))
}

function all(name: string, joined: boolean, x: Expansion): ParameterValue {
  return { items: x.env.keys(name).map((key) => x.env.element(name, key) ?? ''), joined }
}

function isEmpty(value: ParameterValue | undefined): boolean {
  return value === undefined || (typeof value === 'string' ? value === '' : value.items.join('') === '')
}

function defaulted(
  part: ParameterLike,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  value: ParameterValue | undefined,
  x: Expansion,
  quoted: boolean,
  list: FieldList,
): ParameterValue | undefined {
  const { operator } = operation
  const isUnset = value === undefined || (typeof value !== 'string' && value.items.length === 0)
  const missing = operator.startsWith(':') ? isEmpty(value) : isUnset
  const kind = operator.slice(-1)
  if (kind === '+') {
    if (missing) return quoted ? '' : undefined
    return addOperand(operation.operand, x, quoted, list)
  }
  if (!missing) return value
  if (kind === '-') return addOperand(operation.operand, x, quoted, list)
  const text = x.operand(operation.operand, quoted)
  if (kind === '?')
    throw new ScriptError(
      `${part.parameter}: ${text === '' ? (operator === '?' ? 'parameter not set' : 'parameter null or not set') : text}`,
      true,
      x.env.messages.status,
    )
  if (!/^[A-Za-z_]\w*$/.test(part.parameter)) throw new ScriptError(`$${part.parameter}: cannot assign in this way`)
  x.remember(() => {
    x.env.assign(part.parameter, text, part.index === undefined ? undefined : x.subscript(part.parameter, part.index.text))
    return true
  })
  return text
}

function addOperand(
  word: Extract<ParameterOperation, { type: 'Default' }>['operand'],
  x: Expansion,
  quoted: boolean,
  list: FieldList,
): undefined {
  if (quoted) list.addQuoted(x.operand(word, true))
  else if (word.parts === undefined) list.addExpansion(x.text(word))
  else for (const part of word.parts) part.type === 'Literal' ? list.addExpansion(part.value) : x.addPart(part, list, false)
  return undefined
}

function slice(
  value: ParameterValue,
  operation: Extract<ParameterOperation, { type: 'Slice' }>,
  x: Expansion,
  name: string,
): ParameterValue {
  const offset = Number(evaluateText(x.text(operation.offset), x))
  const length = operation.length === undefined ? undefined : Number(evaluateText(x.text(operation.length), x))
  if (typeof value !== 'string') {
    const items = name === '@' || name === '*' ? [asText(x.env.parameter('0')), ...value.items] : value.items
    const start = offset < 0 ? Math.max(0, items.length + offset) : name === '@' || name === '*' ? offset : offset
    return { items: items.slice(start, length === undefined ? undefined : start + length).slice(0), joined: value.joined }
  }
  x.env.charge(value.length >> 6)
  const points = lengthOf(value)
  const start = offset < 0 ? points + offset : offset
  if (start < 0) return ''
  const end = length === undefined ? points : length < 0 ? points + length : start + length
  if (length !== undefined && length < 0 && end < start) throw new ScriptError(`${length}: substring expression < 0`)
  return cutPoints(value, start, end)
}

const asText = (value: ParameterValue | undefined) => (typeof value === 'string' ? value : '')

const transformations: Readonly<Record<string, (text: string) => string>> = {
  Q: (text) => `'${text.replace(/'/g, "'\\''")}'`,
  U: (text) => text.toUpperCase(),
  L: (text) => text.toLowerCase(),
  u: (text) => text.slice(0, 1).toUpperCase() + text.slice(1),
}

function transform(operation: ParameterOperation, x: Expansion): { pattern: string; change: (text: string) => string } {
  switch (operation.type) {
    case 'Remove': {
      const pattern = x.pattern(operation.operand)
      return { pattern, change: (text) => removeMatch(text, pattern, operation.operator) }
    }
    case 'Replace': {
      const pattern = x.pattern(operation.pattern)
      const replacement = x.text(operation.replacement)
      return { pattern, change: (text) => replaceMatch(text, pattern, replacement, operation.operator) }
    }
    case 'CaseModification': {
      const pattern = operation.operand === undefined ? '' : x.pattern(operation.operand)
      const change = (char: string) => (operation.operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase())
      const one = (char: string) => (pattern === '' || matches(pattern, char) ? change(char) : char)
      const all = operation.operator.length === 2
      return { pattern, change: (text) => (all ? [...text].map(one).join('') : one(cutPoints(text, 0, 1)) + cutPoints(text, 1)) }
    }
    case 'Transform': {
      const kind = operation.operand.text
      const change = transformations[kind]
      if (change === undefined) throw new ScriptError(`\${…@${kind}}: this transformation is not simulated`)
      return { pattern: '', change }
    }
    default:
      throw new ScriptError('bad substitution')
  }
}
