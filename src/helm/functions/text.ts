/** sprig's functions of text. */
import { type Fields, goQuote, goText, put } from '../template/values.ts'
import { type Functions, type FunctionWorld, fn, toCount, toInt } from './contract.ts'

const textOf = (value: unknown): string => (value === null || value === undefined ? '<nil>' : goText(value))
const runes = (text: string): string[] => [...text]

/** Anything as a list of texts; nil is left out. */
export function texts(value: unknown): string[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value.filter((v) => v !== null && v !== undefined).map(textOf) : [textOf(value)]
}

const trimSet = (text: string, set: string, left: boolean, right: boolean): string => {
  const all = runes(text)
  const cut = new Set(runes(set))
  let from = 0
  let to = all.length
  if (left) while (from < to && cut.has(all[from]!)) from++
  if (right) while (to > from && cut.has(all[to - 1]!)) to--
  return all.slice(from, to).join('')
}

const words = (text: string): string[] =>
  text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[\s_\-.]+/u)
    .filter((w) => w !== '')
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

function trunc(length: bigint, text: string): string {
  const n = Number(length)
  if (n < 0 && text.length + n > 0) return text.slice(text.length + n)
  return n >= 0 && text.length > n ? text.slice(0, n) : text
}

function wrap(width: number, text: string, separator: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(separator)
}

const numbered = (parts: readonly string[]): Fields => {
  const out: Fields = {}
  for (const [i, part] of parts.entries()) put(out, `_${i}`, part)
  return out
}

export function textFunctions(world: FunctionWorld): Functions {
  const indent = (width: bigint, text: string): string => {
    const space = ' '.repeat(Math.max(0, toCount(width)))
    const lines = text.split('\n')
    world.budget.spend(space.length * lines.length)
    return lines.map((line) => space + line).join('\n')
  }
  const replace = (from: string, to: string, text: string): string => {
    world.budget.spend(text.length * (1 + to.length))
    return text.split(from).join(to)
  }
  return {
    upper: fn('s', (s: string) => s.toUpperCase()),
    lower: fn('s', (s: string) => s.toLowerCase()),
    title: fn('s', (s: string) => s.replace(/(^|[^\p{L}\p{N}_'])(\p{Ll})/gu, (_a, before: string, c: string) => before + c.toUpperCase())),
    untitle: fn('s', (s: string) => s.replace(/(^|\s)(\p{Lu})/gu, (_a, before: string, c: string) => before + c.toLowerCase())),
    swapcase: fn('s', (s: string) =>
      runes(s)
        .map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()))
        .join(''),
    ),
    trim: fn('s', (s: string) => s.trim()),
    trimAll: fn('ss', (set, s) => trimSet(s, set, true, true)),
    trimall: fn('ss', (set, s) => trimSet(s, set, true, true)),
    trimPrefix: fn('ss', (prefix: string, s: string) => (s.startsWith(prefix) ? s.slice(prefix.length) : s)),
    trimSuffix: fn('ss', (suffix: string, s: string) => (suffix !== '' && s.endsWith(suffix) ? s.slice(0, -suffix.length) : s)),
    trimLeft: fn('ss', (set, s) => trimSet(s, set, true, false)),
    trimRight: fn('ss', (set, s) => trimSet(s, set, false, true)),
    nospace: fn('s', (s: string) => s.replace(/\s+/gu, '')),
    initials: fn('s', (s: string) =>
      words(s)
        .map((w) => w[0])
        .join(''),
    ),
    substr: fn('iis', (from, to, s: string) =>
      s.slice(from < 0n ? 0 : Number(from), to < 0n || to > BigInt(s.length) ? undefined : Number(to)),
    ),
    trunc: fn('is', trunc),
    abbrev: fn('is', (n: bigint, s: string) => (Number(n) < 4 || s.length <= Number(n) ? s : `${s.slice(0, Number(n) - 3)}...`)),
    repeat: fn('is', (n: bigint, s: string) => {
      const count = Math.max(0, toCount(n))
      world.budget.spend(count * s.length)
      return s.repeat(count)
    }),
    contains: fn('ss', (part: string, s: string) => s.includes(part)),
    hasPrefix: fn('ss', (part: string, s: string) => s.startsWith(part)),
    hasSuffix: fn('ss', (part: string, s: string) => s.endsWith(part)),
    quote: fn('a*', (...values) =>
      values
        .filter((v) => v !== null && v !== undefined)
        .map((v) => goQuote(textOf(v)))
        .join(' '),
    ),
    squote: fn('a*', (...values) =>
      values
        .filter((v) => v !== null && v !== undefined)
        .map((v) => `'${textOf(v)}'`)
        .join(' '),
    ),
    cat: fn('a*', (...values) =>
      values
        .filter((v) => v !== null && v !== undefined)
        .map(textOf)
        .join(' '),
    ),
    indent: fn('is', indent),
    nindent: fn('is', (width, s) => `\n${indent(width, s)}`),
    replace: fn('sss', replace),
    plural: fn('ssi', (one: string, many: string, n: bigint) => (n === 1n ? one : many)),
    snakecase: fn('s', (s: string) =>
      words(s)
        .map((w) => w.toLowerCase())
        .join('_'),
    ),
    kebabcase: fn('s', (s: string) =>
      words(s)
        .map((w) => w.toLowerCase())
        .join('-'),
    ),
    camelcase: fn('s', (s: string) =>
      words(s)
        .map((w) => capital(w.toLowerCase()))
        .join(''),
    ),
    wrap: fn('is', (width, s) => wrap(Number(width), s, '\n')),
    wrapWith: fn('iss', (width, separator, s) => wrap(Number(width), s, separator)),
    split: fn('ss', (separator: string, s: string) => numbered(s.split(separator))),
    splitn: fn('sis', (separator: string, n: bigint, s: string) => {
      const parts = s.split(separator)
      const keep = Math.max(1, Number(n))
      return numbered(parts.length > keep ? [...parts.slice(0, keep - 1), parts.slice(keep - 1).join(separator)] : parts)
    }),
    splitList: fn('ss', (separator: string, s: string) => s.split(separator)),
    join: fn('sa', (separator: string, list) => {
      world.budget.walk(list)
      return texts(list).join(separator)
    }),
    toString: fn('a', (v) => {
      world.budget.walk(v)
      return textOf(v)
    }),
    toStrings: fn('a', (v) => {
      world.budget.walk(v)
      return texts(v)
    }),
    sortAlpha: fn('a', (v) => texts(v).sort()),
    atoi: fn('s', (s) => (/^[+-]?\d+$/.test(s) ? toInt(s) : 0n)),
  }
}
