/** JavaScript's errors: made with where they were made, and what Node prints of one that nobody caught. */
import type { Machine } from '../scripting/machine.ts'
import type { Value } from '../scripting/values.ts'
import { inspect } from './inspect.ts'
import { errorText, familyOf, hide } from './operate.ts'

export const ERRORS = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'EvalError',
  'DOMException',
  'AggregateError',
])

export function makeError(m: Machine, kind: string, message: string, more: Readonly<Record<string, Value>> = {}): Value {
  return stacked(m, m.heap.make({ t: 'obj', cls: { b: kind }, attrs: { message, ...more } }))
}

/** With its stack: innermost first. */
export function stacked(m: Machine, error: Value): Value {
  const lines = m
    .trace()
    .reverse()
    .filter((f) => f.name !== '.fields')
    .map(
      (f) =>
        `    at ${f.name === '<module>' ? `Object.<anonymous> (${f.path}:${f.line})` : f.name === '' ? `${f.path}:${f.line}` : `${f.name} (${f.path}:${f.line})`}`,
    )
  hide(m, error, '.stack', lines.slice(0, 10).join('\n'))
  hide(m, error, 'stack', `${errorText(m, error)}${lines.length === 0 ? '' : `\n${lines.slice(0, 10).join('\n')}`}`)
  return error
}

export function uncaughtText(m: Machine, error: Value, version: string): string {
  const thing = m.is(error, 'obj')
  const isError = thing !== undefined && familyOf(m, thing.cls) === 'Error'
  const stack = isError ? String(thing.attrs['.stack'] ?? '') : ''
  const where = /\(?([^\s(]+):(\d+)\)?/.exec(stack)
  const source = where === null ? undefined : m.modules.find((x) => x.path === where[1])?.text.split('\n')[Number(where[2]) - 1]
  const head = where === null ? '' : `${where[1]}:${where[2]}\n${source ?? ''}\n^\n\n`
  const shown = isError
    ? `${errorText(m, error)}${stack === '' ? '' : `\n${stack}`}${members(m, thing.attrs)}`
    : `Uncaught:\n${inspect(m, error)}`
  return `${head}${shown}\n\nNode.js v${version}\n`
}

/** What an error has beyond its message. */
function members(m: Machine, attrs: Readonly<Record<string, Value>>): string {
  const more = Object.entries(attrs).filter(([k]) => !k.startsWith('.') && !['message', 'stack', 'name', 'cause'].includes(k))
  const cause = attrs['cause'] === undefined ? '' : ` {\n  [cause]: ${inspect(m, attrs['cause'])}\n}`
  return more.length === 0 ? cause : ` {\n${more.map(([k, v]) => `  ${k}: ${inspect(m, v)}`).join(',\n')}\n}`
}
