/**
 * POSIX basic and extended expressions (XBD 9, GNU extensions) turned into re2js ones, so that patterns from people take linear time. Back references
 * cannot be matched in linear time: they are refused with a message.
 */
import { RE2JS } from 're2js'
import { compile } from './language/pattern.ts'

/** An expression that cannot be used; the message says why. */
export class PatternError extends Error {}

function bracket(text: string, start: number): { source: string; end: number } {
  let i = start + 1
  let out = '['
  if (text[i] === '^') {
    out += '^'
    i++
  }
  for (let first = true; i < text.length; first = false, i++) {
    const char = text[i]!
    if (char === ']' && !first) return { source: `${out}]`, end: i }
    if (char === '[' && (text[i + 1] === ':' || text[i + 1] === '.' || text[i + 1] === '=')) {
      const kind = text[i + 1]!
      const close = text.indexOf(`${kind}]`, i + 2)
      if (close < 0) break
      const inner = text.slice(i + 2, close)
      out += kind === ':' ? `[:${inner}:]` : inner.replace(/[\\\][^-]/g, '\\$&')
      i = close + 1
    } else if (char === '\\' && /[nt\\\]dswDSW]/.test(text[i + 1] ?? '') && text[i + 1] !== ']') {
      out += text[i + 1] === '\\' ? '\\\\' : `\\${text[i + 1]}`
      i++
    } else if (char === '-') out += out === '[' || out === '[^' || text[i + 1] === ']' ? '\\-' : '-'
    else out += /[\\[\]^&~]/.test(char) ? `\\${char}` : char
  }
  throw new PatternError('Unmatched [, [^, [:, [., or [=')
}

/** The re2js source of a POSIX expression. Throws `PatternError`. */
export function posixSource(text: string, extended: boolean): string {
  let out = ''
  let atStart = true
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    let start = false
    if (char === '[') {
      const set = bracket(text, i)
      out += set.source
      i = set.end
    } else if (char === '\\') {
      const next = text[++i]
      if (next === undefined) throw new PatternError('Trailing backslash')
      if (/[1-9]/.test(next)) throw new PatternError('back-references are not simulated (patterns are matched in linear time)')
      if (!extended && '(){}|+?'.includes(next)) {
        if (next === '(') depth++
        if (next === ')' && --depth < 0) throw new PatternError('Unmatched ) or \\)')
        out += next === '{' && atStart ? '\\{' : next
        start = next === '(' || next === '|'
      } else if (next === '<' || next === '>') out += '\\b'
      else if (/[wWsSbBdD]/.test(next)) out += `\\${next}`
      else if (next === 'n' || next === 't') out += `\\${next}`
      else if (next === '`') out += '\\A'
      else if (next === "'") out += '\\z'
      else out += /[a-zA-Z0-9]/.test(next) ? next : `\\${next}`
    } else if (extended) {
      if (char === '(') depth++
      if (char === ')') {
        if (depth === 0) {
          out += '\\)'
          continue
        }
        depth--
      }
      start = char === '(' || char === '|'
      if ((char === '*' || char === '+' || char === '?') && atStart) out += `\\${char}`
      else if (char === '{' && (atStart || !/^\{\d*,?\d*\}/.test(text.slice(i)) || /^\{,?\}/.test(text.slice(i)))) out += '\\{'
      else if (char === '{' && text[i + 1] === ',') out += '{0'
      else if (char === '}' && !/\{\d+,?\d*$|\{0,\d*$/.test(out)) out += '\\}'
      else out += char
    } else if (char === '*') {
      out += atStart ? '\\*' : '*'
    } else if (char === '^') {
      out += atStart ? '^' : '\\^'
      start = atStart
    } else if (char === '$') {
      out += i === text.length - 1 || /^\\[)|]/.test(text.slice(i + 1)) ? '$' : '\\$'
    } else out += /[(){}|+?]/.test(char) ? `\\${char}` : char
    atStart = start
  }
  if (depth > 0) throw new PatternError('Unmatched ( or \\(')
  return out.replace(/(?<!\\)([*+?])([*+?])+/g, '$1')
}

/** A compiled POSIX expression. `flags` of re2js: CASE_INSENSITIVE 1, DOTALL 2, MULTILINE 4. Throws `PatternError`. */
export function posixPattern(text: string, extended: boolean, flags = 0): RE2JS {
  const source = posixSource(text, extended)
  try {
    return compile(source, flags)
  } catch {
    throw new PatternError('Invalid regular expression')
  }
}

/** A text that is matched as it stands. */
export function literalSource(text: string): string {
  return RE2JS.quote(text)
}
