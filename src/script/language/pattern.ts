/**
 * Shell patterns (POSIX XCU 2.13: `*`, `?`, `[…]`, and bash's `@(a|b)` family) turned into re2js expressions, so that matching takes linear time.
 * Backslash quotes the next character.
 */
import { RE2JS } from 're2js'

const cache = new Map<string, RE2JS>()

/** A compiled expression, cached by its source and flags. */
export function compile(source: string, flags = 0): RE2JS {
  const key = `${flags} ${source}`
  let known = cache.get(key)
  if (known === undefined) {
    known = RE2JS.compile(source, flags)
    if (cache.size > 2000) cache.clear()
    cache.set(key, known)
  }
  return known
}

/**
 * Shell steps that searching a text for an expression takes: re2js looks at each character once for each place in the expression it may be
 * at, and much slower where it has to look for the edges of words.
 */
export const searchSteps = (text: string, source: string): number =>
  Math.floor((text.length * (source.length + 64)) / (source.includes('\\b') ? 512 : 4096))

/** Whether a pattern has an unquoted special character. */
export function isPattern(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '\\') i++
    else if (char === '*' || char === '?' || char === '[' || (pattern[i + 1] === '(' && '+@!'.includes(char))) return true
  }
  return false
}

/** The text a pattern without special characters stands for. */
export function unescapePattern(pattern: string): string {
  return pattern.includes('\\') ? pattern.replace(/\\([\s\S])/g, '$1') : pattern
}

/** Quotes every special character of a text. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, '\\$&')
}

const quote = (char: string) => (/[\\^$.|?*+()[\]{}]/.test(char) ? `\\${char}` : char)

function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1
  let negated = false
  if (pattern[i] === '!' || pattern[i] === '^') {
    negated = true
    i++
  }
  let body = ''
  let first = true
  for (; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === ']' && !first) {
      return { source: `[${negated ? '^' : ''}${body}]`, end: i + 1 }
    }
    first = false
    if (char === '[' && pattern[i + 1] === ':') {
      const close = pattern.indexOf(':]', i + 2)
      if (close > 0) {
        body += pattern.slice(i, close + 2)
        i = close + 1
        continue
      }
    }
    if (char === '\\' && i + 1 < pattern.length) {
      i++
      body += quoteInClass(pattern[i]!)
    } else if (char === '-') body += body === '' || pattern[i + 1] === ']' ? '\\-' : '-'
    else body += quoteInClass(char)
  }
  return undefined
}

const quoteInClass = (char: string) => (/[\\\][^\-&~]/.test(char) ? `\\${char}` : char)

function groupEnd(pattern: string, start: number): number {
  let depth = 0
  for (let i = start; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++
    else if (pattern[i] === '(') depth++
    else if (pattern[i] === ')' && --depth === 0) return i
  }
  return -1
}

function alternatives(body: string): string[] {
  const out: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < body.length; i++) {
    if (body[i] === '\\') i++
    else if (body[i] === '(') depth++
    else if (body[i] === ')') depth--
    else if (body[i] === '|' && depth === 0) {
      out.push(body.slice(from, i))
      from = i + 1
    }
  }
  out.push(body.slice(from))
  return out
}

/** An expression for a pattern, without anchors. `lazy`: stars take as little as they can. `inPath`: stars stop at a slash. */
export function patternSource(pattern: string, lazy = false, inPath = false): string {
  const any = inPath ? '[^/]' : '(?s:.)'
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (pattern[i + 1] === '(' && '?*+@'.includes(char)) {
      const end = groupEnd(pattern, i + 1)
      if (end > 0) {
        const inner = alternatives(pattern.slice(i + 2, end))
          .map((part) => patternSource(part, lazy, inPath))
          .join('|')
        out += `(?:${inner})${char === '@' ? '' : char}`
        i = end
        continue
      }
    }
    if (char === '\\' && i + 1 < pattern.length) out += quote(pattern[++i]!)
    else if (char === '*') {
      while (pattern[i + 1] === '*') i++
      out += `${any}*${lazy ? '?' : ''}`
    } else if (char === '?') out += any
    else if (char === '[') {
      const set = bracket(pattern, i)
      if (set === undefined) out += '\\['
      else {
        out += set.source
        i = set.end - 1
      }
    } else out += quote(char)
  }
  return out
}

/** Whether the whole text matches the pattern. `!(…)` is understood when it is the whole pattern. */
export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  if (!ignoreCase && !isPattern(pattern)) return unescapePattern(pattern) === text
  if (pattern.startsWith('!(') && groupEnd(pattern, 1) === pattern.length - 1) return !matches(`@${pattern.slice(1)}`, text, ignoreCase)
  try {
    return compile(`^(?:${patternSource(pattern)})$`, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
      .matcher(text)
      .find()
  } catch {
    return unescapePattern(pattern) === text
  }
}

/** `${text#pattern}` and its three brothers. */
export function removeMatch(text: string, pattern: string, operator: string): string {
  const lazy = operator.length === 1
  if (operator.startsWith('#')) {
    const matcher = compile(`^(?:${patternSource(pattern, lazy)})`).matcher(text)
    return matcher.find() ? text.slice(matcher.end()) : text
  }
  const matcher = compile(`^((?s:.)*${lazy ? '' : '?'})(?:${patternSource(pattern)})$`).matcher(text)
  return matcher.find() ? text.slice(0, matcher.end(1)) : text
}

/** `${text/pattern/replacement}` and its brothers (`//`, `/#`, `/%`). */
export function replaceMatch(text: string, pattern: string, replacement: string, operator: string): string {
  if (pattern === '') return text
  const source = patternSource(pattern)
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source
  const matcher = compile(anchored).matcher(text)
  let out = ''
  let at = 0
  while (matcher.find()) {
    if (matcher.end() === matcher.start()) {
      if (matcher.end() >= text.length) break
      continue
    }
    out += text.slice(at, matcher.start()) + replacement
    at = matcher.end()
    if (operator !== '//') break
  }
  return out + text.slice(at)
}
