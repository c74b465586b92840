/** Parses a sed script into commands with addresses; errors are worded as GNU sed words them. */
import type { RE2JS } from 're2js'
import { PatternError, posixPattern } from '../posix-regex.ts'

export type SedAddress =
  | { readonly line: number }
  | { readonly last: true }
  | { readonly pattern: RE2JS | undefined }
  | { readonly plus: number }
  | { readonly first: number; readonly step: number }

export interface SedCommand {
  readonly name: string
  readonly from?: SedAddress
  readonly to?: SedAddress
  readonly negated: boolean
  readonly text: string
  readonly pattern?: RE2JS | undefined
  readonly replacement?: readonly (string | number)[]
  readonly global?: boolean
  readonly print?: boolean
  readonly nth?: number
  readonly file?: string
  readonly map?: ReadonlyMap<string, string>
  /** For `{`: the index behind its `}`. */
  target?: number
}

export interface SedProgram {
  readonly commands: readonly SedCommand[]
  readonly quiet: boolean
  readonly outputs: readonly string[]
}

class Reader {
  at = 0
  readonly text: string
  readonly extended: boolean
  constructor(text: string, extended: boolean) {
    this.text = text
    this.extended = extended
  }

  fail(message: string): never {
    throw new PatternError(`char ${Math.max(1, this.at)}: ${message}`)
  }

  peek(): string {
    return this.text[this.at] ?? ''
  }

  skip(what: RegExp): void {
    while (this.at < this.text.length && what.test(this.peek())) this.at++
  }

  /** Up to an unescaped delimiter; `\n` and escaped delimiters are resolved. */
  until(delimiter: string, pattern: boolean, message: string): string {
    let out = ''
    let inBracket = false
    for (; this.at < this.text.length; this.at++) {
      const char = this.peek()
      if (char === '\\') {
        const next = this.text[++this.at] ?? ''
        out +=
          next === delimiter && !(pattern && /[.*[\]^$+?(){}|]/.test(next) && delimiter !== '|')
            ? next
            : next === '\n' && !pattern
              ? '\n'
              : `\\${next}`
        continue
      }
      if (pattern && char === '[' && !inBracket) {
        inBracket = true
        out += char
        if (this.text[this.at + 1] === '^') out += this.text[++this.at]
        if (this.text[this.at + 1] === ']') out += this.text[++this.at]
        continue
      }
      if (inBracket && char === '[' && /[:.=]/.test(this.text[this.at + 1] ?? '')) {
        const close = this.text.indexOf(`${this.text[this.at + 1]}]`, this.at + 2)
        if (close > 0) {
          out += this.text.slice(this.at, close + 2)
          this.at = close + 1
          continue
        }
      }
      if (inBracket && char === ']') inBracket = false
      else if (char === delimiter && !inBracket) {
        this.at++
        return out
      }
      out += char
    }
    return this.fail(message)
  }
}

function address(reader: Reader): SedAddress | undefined {
  const digits = /^\d+/.exec(reader.text.slice(reader.at))
  if (digits !== null) {
    reader.at += digits[0].length
    if (reader.peek() !== '~') return { line: Number(digits[0]) }
    reader.at++
    const step = /^\d*/.exec(reader.text.slice(reader.at))![0]
    reader.at += step.length
    return { first: Number(digits[0]), step: Number(step) }
  }
  const char = reader.peek()
  if (char === '$') {
    reader.at++
    return { last: true }
  }
  if (char !== '/' && char !== '\\') return undefined
  reader.at += char === '\\' ? 2 : 1
  const text = reader.until(char === '\\' ? reader.text[reader.at - 1]! : '/', true, 'unterminated address regex')
  const flags = /^[IM]*/.exec(reader.text.slice(reader.at))![0]
  reader.at += flags.length
  return { pattern: text === '' ? undefined : posixPattern(text, reader.extended, flags.includes('I') ? 1 : 0) }
}

function second(reader: Reader): SedAddress {
  const plus = /^\+(\d+)/.exec(reader.text.slice(reader.at))
  if (plus === null) return address(reader) ?? reader.fail("unexpected `,'")
  reader.at += plus[0].length
  return { plus: Number(plus[1]) }
}

/** Commands of a script. Throws `PatternError`. */
export function parseSed(text: string, extended: boolean): SedProgram {
  const reader = new Reader(text, extended)
  const quiet = /^#n(\n|$)/.test(text)
  const commands: SedCommand[] = []
  const blocks: SedCommand[] = []
  for (;;) {
    reader.skip(/[\s;]/)
    if (reader.at >= text.length) break
    if (reader.peek() === '#') {
      reader.skip(/[^\n]/)
      continue
    }
    const from = address(reader)
    reader.skip(/ /)
    let to: SedAddress | undefined
    if (from !== undefined && reader.peek() === ',') {
      reader.at++
      reader.skip(/ /)
      to = second(reader)
    }
    reader.skip(/\s/)
    const negated = reader.peek() === '!'
    if (negated) reader.at++
    reader.skip(/[ !]/)
    const name = reader.peek()
    reader.at++
    if (name === '') reader.fail('missing command')
    if (name === '}') {
      const block = blocks.pop() ?? reader.fail("unexpected `}'")
      block.target = commands.length
      continue
    }
    const command = {
      name,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      negated,
      text: '',
      ...body(reader, name),
    }
    commands.push(command)
    if (name === '{') blocks.push(command)
  }
  if (blocks.length > 0) reader.fail("unmatched `{'")
  for (const command of commands) {
    if (!'btT'.includes(command.name) || command.text === '') continue
    if (!commands.some((other) => other.name === ':' && other.text === command.text))
      throw new PatternError(`can't find label for jump to \`${command.text}'`)
  }
  return {
    commands,
    quiet,
    outputs: commands.flatMap((command) => (command.file === undefined || command.name === 'r' ? [] : [command.file])),
  }
}

function body(reader: Reader, name: string): Partial<SedCommand> {
  switch (name) {
    case 's':
      return substitution(reader)
    case 'y':
      return transliteration(reader)
    case 'a':
    case 'i':
    case 'c':
      return { text: textArgument(reader) }
    case ':':
    case 'b':
    case 't':
    case 'T': {
      reader.skip(/[ \t]/)
      const label = (name === ':' ? /^[^\n;]*/ : /^[^\n;}]*/).exec(reader.text.slice(reader.at))![0]
      reader.at += label.length
      return { text: label.trim() }
    }
    case 'r':
    case 'w': {
      reader.skip(/[ \t]/)
      const file = /^[^\n]*/.exec(reader.text.slice(reader.at))![0]
      reader.at += file.length
      return { file }
    }
    case 'q':
    case 'Q':
    case 'l': {
      reader.skip(/[ \t]/)
      const code = /^\d*/.exec(reader.text.slice(reader.at))![0]
      reader.at += code.length
      return { text: code }
    }
    case '{':
    case 'd':
    case 'D':
    case 'p':
    case 'P':
    case 'n':
    case 'N':
    case 'g':
    case 'G':
    case 'h':
    case 'H':
    case 'x':
    case '=':
    case 'z':
    case 'F': {
      reader.skip(/[ \t]/)
      if (name !== '{' && !/[\n;}#]?/.exec(reader.peek())![0] && reader.at < reader.text.length)
        reader.fail('extra characters after command')
      return {}
    }
    default:
      return reader.fail(`unknown command: \`${name}'`)
  }
}

function textArgument(reader: Reader): string {
  reader.skip(/[ \t]/)
  if (reader.peek() === '\\') {
    reader.at++
    // `a\` alone ends its line; with a text behind it, the text's leading blanks are kept.
    const blank = /^[ \t]*\n/.exec(reader.text.slice(reader.at))
    if (blank) reader.at += blank[0].length
  }
  let out = ''
  for (; reader.at < reader.text.length && reader.peek() !== '\n'; reader.at++) {
    if (reader.peek() === '\\' && reader.at + 1 < reader.text.length) out += reader.text[++reader.at]
    else out += reader.peek()
  }
  if (out === '' && reader.at >= reader.text.length) reader.fail("expected \\ after `a', `c' or `i'")
  return out
}

function substitution(reader: Reader): Partial<SedCommand> {
  const delimiter = reader.peek()
  reader.at++
  const source = reader.until(delimiter, true, "unterminated `s' command")
  const replacement = reader.until(delimiter, false, "unterminated `s' command")
  const flags = /^[gpiIm0-9e]*/.exec(reader.text.slice(reader.at))![0]
  reader.at += flags.length
  let file: string | undefined
  if (reader.peek() === 'w') {
    file = /^w[ \t]*([^\n]*)/.exec(reader.text.slice(reader.at))![1]!
    reader.at = (reader.text.indexOf('\n', reader.at) + 1 || reader.text.length + 1) - 1
  }
  if (reader.at < reader.text.length && !/[\s;}#]/.test(reader.peek())) reader.fail("unknown option to `s'")
  const nth = /\d+/.exec(flags)
  const pattern =
    source === '' ? undefined : posixPattern(source, reader.extended, (/[iI]/.test(flags) ? 1 : 0) | (/m/.test(flags) ? 4 : 0))
  const parts = replacementParts(replacement)
  const groups = pattern === undefined ? 9 : pattern.matcher('').groupCount()
  const wrong = parts.find((part) => typeof part === 'number' && part > groups)
  if (wrong !== undefined) reader.fail(`invalid reference \\${wrong} on \`s' command's RHS`)
  return {
    pattern,
    replacement: parts,
    global: flags.includes('g'),
    print: flags.includes('p'),
    nth: nth === null ? 1 : Number(nth[0]),
    ...(file === undefined ? {} : { file }),
  }
}

/** Texts, group numbers, and case markers (`\U` …) as one-letter texts behind a NUL. */
function replacementParts(text: string): (string | number)[] {
  const out: (string | number)[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') out.push(plain)
    plain = ''
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '&') {
      flush()
      out.push(0)
    } else if (char === '\\') {
      const next = text[++i] ?? ''
      if (/\d/.test(next)) {
        flush()
        out.push(Number(next))
      } else if (/[ULEul]/.test(next)) {
        flush()
        out.push(`\0${next}`)
      } else plain += next === 'n' ? '\n' : next === 't' ? '\t' : next
    } else plain += char
  }
  flush()
  return out
}

function transliteration(reader: Reader): Partial<SedCommand> {
  const delimiter = reader.peek()
  reader.at++
  const plain = (text: string) => [...text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\')]
  const from = plain(reader.until(delimiter, false, "unterminated `y' command"))
  const to = plain(reader.until(delimiter, false, "unterminated `y' command"))
  if (from.length !== to.length) reader.fail("strings for `y' command are different lengths")
  return { map: new Map(from.map((char, i) => [char, to[i]!])) }
}
