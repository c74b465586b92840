/** Words of a JavaScript text. A slash is a division or begins a pattern, as what stands before it says. */
import { ScriptSyntaxError } from '../scripting/ast.ts'

export interface Word {
  readonly kind: 'name' | 'number' | 'text' | 'template' | 'pattern' | 'mark' | 'end'
  readonly text: string
  readonly line: number
  /** A line break came before it: where a semicolon may be left out. */
  readonly fresh: boolean
  /** Pieces of a template: texts and the sources between `${` and `}`. */
  readonly pieces?: readonly (string | { readonly source: string; readonly line: number })[]
}

const NAME = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y
const NUMBER = /0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?/y
const MARKS =
  /\.\.\.|=>|>>>=|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|\*\*|<<|>>|[-+*/%&|^!~<>=?:;,.(){}[\]#@]/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' }

const unescaped = (text: string): string =>
  text.replace(/\\(\r?\n|x[\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|[\s\S])/g, (_, e: string) =>
    /^[xu]/.test(e) && e.length > 1
      ? String.fromCodePoint(Number.parseInt(e.replace(/[xu{}]/g, ''), 16))
      : /^\r?\n$/.test(e)
        ? ''
        : (ESCAPES[e] ?? e),
  )

/** Words after which a slash begins a pattern. */
const BEFORE_PATTERN = new Set('return typeof case in of delete void instanceof new throw else do await'.split(' '))

/** Throws ScriptSyntaxError. */
export function lex(text: string, firstLine = 1): Word[] {
  const out: Word[] = []
  let [i, line, fresh] = [0, firstLine, true]
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i
    return pattern.exec(text)?.[0]
  }
  const put = (kind: Word['kind'], word: string, more: Partial<Word> = {}): void => {
    out.push({ kind, text: word, line, fresh, ...more })
    fresh = false
  }
  if (text.startsWith('#!')) while (i < text.length && text[i] !== '\n') i++
  while (i < text.length) {
    const c = text[i]!
    if (c === '\n') {
      line++
      i++
      fresh = true
    } else if (/\s/.test(c)) i++
    else if (text.startsWith('//', i)) while (i < text.length && text[i] !== '\n') i++
    else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2)
      if (end < 0) throw new ScriptSyntaxError('Invalid or unexpected token', line)
      const breaks = text.slice(i, end).split('\n').length - 1
      line += breaks
      fresh ||= breaks > 0
      i = end + 2
    } else if (c === "'" || c === '"') {
      let at = i + 1
      while (text[at] !== c) {
        if (at >= text.length || text[at] === '\n') throw new ScriptSyntaxError('Invalid or unexpected token', line)
        at += text[at] === '\\' ? 2 : 1
      }
      put('text', unescaped(text.slice(i + 1, at)))
      i = at + 1
    } else if (c === '`') {
      const { end, pieces, lines } = template(text, i, line)
      put('template', '', { pieces })
      line += lines
      i = end
    } else {
      const name = take(NAME)
      const number = name === undefined && /[\d.]/.test(c) && /\d/.test(text.slice(i, i + 2)) ? take(NUMBER) : undefined
      if (name !== undefined) {
        put('name', name)
        i += name.length
      } else if (number !== undefined) {
        put('number', number.replaceAll('_', ''))
        i += number.length
        if (text[i] === 'n') throw new ScriptSyntaxError('BigInt', line)
      } else if (c === '/' && beginsPattern(out.at(-1))) {
        const found = /\/((?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/y
        found.lastIndex = i
        const m = found.exec(text)
        if (m === null) throw new ScriptSyntaxError('Invalid regular expression: missing /', line)
        put('pattern', m[1]!, { pieces: [m[2]!] })
        i += m[0].length
      } else {
        const mark = take(MARKS)
        if (mark === undefined) throw new ScriptSyntaxError('Invalid or unexpected token', line)
        put('mark', mark)
        i += mark.length
      }
    }
  }
  put('end', '')
  return out
}

const beginsPattern = (before: Word | undefined): boolean =>
  before === undefined ||
  (before.kind === 'mark' && ![')', ']', '}'].includes(before.text)) ||
  (before.kind === 'name' && BEFORE_PATTERN.has(before.text))

function template(text: string, start: number, line: number): { end: number; pieces: NonNullable<Word['pieces']>; lines: number } {
  const pieces: (string | { source: string; line: number })[] = []
  let plain = ''
  let lines = 0
  let i = start + 1
  for (;;) {
    const c = text[i]
    if (c === undefined) throw new ScriptSyntaxError('Unterminated template literal', line)
    if (c === '`') break
    if (c === '\\') {
      plain += text.slice(i, i + 2)
      i += 2
    } else if (c === '$' && text[i + 1] === '{') {
      pieces.push(unescaped(plain))
      plain = ''
      let depth = 1
      let at = i + 2
      for (; depth > 0; at++) {
        const d = text[at]
        if (d === undefined) throw new ScriptSyntaxError('Unterminated template literal', line)
        if (d === '{') depth++
        else if (d === '}') depth--
        else if (d === '`') at = template(text, at, line).end - 1
      }
      const source = text.slice(i + 2, at - 1)
      pieces.push({ source, line: line + lines })
      lines += source.split('\n').length - 1
      i = at
    } else {
      if (c === '\n') lines++
      plain += c
      i++
    }
  }
  pieces.push(unescaped(plain))
  return { end: i + 1, pieces, lines }
}
