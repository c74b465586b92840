/** Words of a Python text, with its lines and indentation. */
import { NotSimulated, ScriptSyntaxError } from '../scripting/ast.ts'

export interface Word {
  readonly kind: 'name' | 'int' | 'float' | 'text' | 'mark' | 'line' | 'in' | 'out' | 'end'
  readonly text: string
  readonly line: number
  /** Of a text: `f` for an f-string, `b` for bytes. */
  readonly prefix?: string
}

const MARKS = /\*\*=|\/\/=|>>=|<<=|\.\.\.|\*\*|\/\/|<<|>>|<=|>=|==|!=|->|:=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|[-+*/%@&|^~<>()[\]{},:.;=]/y
const NAME = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y
const NUMBER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][-+]?\d+)?|\d[\d_]*\.?(?:[eE][-+]?\d+)?/y
const TEXT = /([rRbBuUfF]{0,2})('''|"""|'|")/y
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
}

/** Escapes of a text that is not raw. */
export function unescaped(text: string): string {
  return text.replace(/\\(\n|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (whole, e: string) => {
    if (e === '\n') return ''
    if (/^[xuU]./.test(e)) return String.fromCodePoint(Number.parseInt(e.slice(1), 16))
    return ESCAPES[e] ?? whole
  })
}

/** Throws ScriptSyntaxError. */
export function lex(source: string): Word[] {
  const text = source.replaceAll('\r\n', '\n')
  const out: Word[] = []
  const indents = [0]
  let [i, line, depth] = [0, 1, 0]
  let fresh = true
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i
    return pattern.exec(text)?.[0]
  }
  const put = (kind: Word['kind'], word: string, more: Partial<Word> = {}): void => void out.push({ kind, text: word, line, ...more })
  while (i < text.length) {
    if (fresh && depth === 0) {
      let width = 0
      while (text[i] === ' ' || text[i] === '\t') width = text[i++] === ' ' ? width + 1 : (Math.floor(width / 8) + 1) * 8
      fresh = false
      if (text[i] === '\n' || text[i] === '#' || text[i] === undefined) {
        while (i < text.length && text[i] !== '\n') i++
        i++
        line++
        fresh = true
        continue
      }
      if (width > indents.at(-1)!) {
        indents.push(width)
        put('in', '')
      }
      while (width < indents.at(-1)!) {
        indents.pop()
        put('out', '')
      }
      if (width !== indents.at(-1)) throw new ScriptSyntaxError('unindent does not match any outer indentation level', line)
    }
    const c = text[i]!
    if (c === '\n') {
      if (depth === 0) {
        put('line', '')
        fresh = true
      }
      line++
      i++
      continue
    }
    if (c === ' ' || c === '\t' || c === '\f') {
      i++
      continue
    }
    if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++
      continue
    }
    if (c === '\\' && text[i + 1] === '\n') {
      i += 2
      line++
      continue
    }
    const quote = take(TEXT)
    if (quote !== undefined) {
      TEXT.lastIndex = i
      const m = TEXT.exec(text)!
      const prefix = m[1]!.toLowerCase()
      const end = m[2]!
      let at = i + quote.length
      const started = line
      while (!text.startsWith(end, at)) {
        if (at >= text.length || (end.length === 1 && text[at] === '\n'))
          throw new ScriptSyntaxError(
            end.length === 1 ? `unterminated string literal (detected at line ${started})` : 'unterminated triple-quoted string literal',
            started,
          )
        if (text[at] === '\\') at++
        if (text[at] === '\n') line++
        at++
      }
      const raw = text.slice(i + quote.length, at)
      const plain = prefix.includes('r') || prefix.includes('f') ? raw : unescaped(raw)
      out.push({ kind: 'text', text: plain, line: started, prefix: prefix.includes('f') && prefix.includes('r') ? 'fr' : prefix })
      i = at + end.length
      continue
    }
    const name = take(NAME)
    if (name !== undefined) {
      put('name', name)
      i += name.length
      continue
    }
    const number = /[\d.]/.test(c) ? take(NUMBER) : undefined
    if (number !== undefined && number !== '.') {
      const digits = number.replaceAll('_', '')
      const whole = /^0[xXoObB]/.test(digits) || !/[.eE]/.test(digits)
      if (text[i + number.length] === 'j') throw new NotSimulated('complex numbers', line)
      put(whole ? 'int' : 'float', digits)
      i += number.length
      continue
    }
    const mark = take(MARKS)
    if (mark === undefined)
      throw new ScriptSyntaxError(`invalid character '${c}' (U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`, line)
    if ('([{'.includes(mark)) depth++
    else if (')]}'.includes(mark)) depth = Math.max(0, depth - 1)
    put('mark', mark)
    i += mark.length
  }
  if (!fresh) put('line', '')
  while (indents.pop()! > 0) put('out', '')
  put('end', '')
  return out
}
