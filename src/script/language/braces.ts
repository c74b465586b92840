/** Brace expansion on source text (bash: `a{b,c}d`, `{1..5}`, `{a..e..2}`); quotes, escapes and `${…}` are left alone. */

const maxResults = 10_000

function skipQuoted(text: string, i: number): number {
  const char = text[i]!
  if (char === '\\') return i + 1
  if (char === "'") return Math.max(i, text.indexOf("'", i + 1))
  if (char === '"') {
    for (let k = i + 1; k < text.length; k++) {
      if (text[k] === '\\') k++
      else if (text[k] === '"') return k
    }
    return i
  }
  if (char === '$' && (text[i + 1] === '{' || text[i + 1] === '(')) {
    const open = text[i + 1]!
    const close = open === '{' ? '}' : ')'
    let depth = 0
    for (let k = i + 1; k < text.length; k++) {
      if (text[k] === '\\') k++
      else if (text[k] === open) depth++
      else if (text[k] === close && --depth === 0) return k
    }
  }
  return i
}

interface Braces {
  start: number
  end: number
  parts: string[]
}

function findBraces(text: string): Braces | undefined {
  for (let start = 0; start < text.length; start++) {
    const skipped = skipQuoted(text, start)
    if (skipped > start) {
      start = skipped
      continue
    }
    if (text[start] !== '{') continue
    const found = scan(text, start)
    if (found !== undefined) return found
  }
  return undefined
}

function scan(text: string, start: number): Braces | undefined {
  const parts: string[] = []
  let depth = 0
  let from = start + 1
  for (let i = start; i < text.length; i++) {
    const skipped = skipQuoted(text, i)
    if (skipped > i) i = skipped
    else if (text[i] === '{') depth++
    else if (text[i] === ',' && depth === 1) {
      parts.push(text.slice(from, i))
      from = i + 1
    } else if (text[i] === '}' && --depth === 0) {
      parts.push(text.slice(from, i))
      if (parts.length > 1) return { start, end: i + 1, parts: parts.flatMap((part) => expandBraces(part)) }
      const range = sequence(parts[0]!)
      return range === undefined ? undefined : { start, end: i + 1, parts: range }
    }
  }
  return undefined
}

function sequence(body: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(body)
  const letters = numbers === null ? /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(body) : null
  const match = numbers ?? letters
  if (match === null) return undefined
  const from = numbers ? Number(match[1]) : match[1]!.charCodeAt(0)
  const to = numbers ? Number(match[2]) : match[2]!.charCodeAt(0)
  const step = Math.max(1, Math.abs(Number(match[3] ?? 1)))
  const width = numbers && /^-?0\d/.test(`${match[1]}`) ? match[1]!.length : numbers && /^-?0\d/.test(match[2]!) ? match[2]!.length : 0
  const out: string[] = []
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    if (out.length >= maxResults) return undefined
    out.push(numbers ? (n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0')) : String.fromCharCode(n))
  }
  return out
}

/** All texts that a word's braces stand for; the word itself when it has none. `spend` is told how many were made on the way. */
export function expandBraces(text: string, spend: (items: number) => void = () => {}): string[] {
  let out = [text]
  for (let round = 0; round < 64; round++) {
    let changed = false
    const next: string[] = []
    for (const item of out) {
      const braces = findBraces(item)
      if (braces === undefined) next.push(item)
      else {
        changed = true
        // A part is expanded already; what follows is expanded in the next round behind it.
        for (const part of braces.parts) next.push(item.slice(0, braces.start) + part + item.slice(braces.end))
      }
      if (next.length > maxResults) {
        spend(next.length)
        return [text]
      }
    }
    spend(next.length)
    out = next
    if (!changed) break
  }
  return out
}
