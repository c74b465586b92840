/**
 * How a string is written in YAML: plain, single quoted, double quoted or as a literal block, as go-yaml v2 (the emitter behind
 * sigs.k8s.io/yaml and libyaml before it) decides.
 */

const plainWords =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<|\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/
const integer = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:$|(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d+)?[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?$)/

/** Whether a bare text would be read back as something that is no string. */
function readsAsOther(text: string): boolean {
  if (text === '' || plainWords.test(text)) return true
  if (!/^[-+.0-9]/.test(text)) return false
  return integer.test(text) || decimal.test(text.replaceAll('_', '')) || base60.test(text) || date.test(text)
}

export interface ScalarAnalysis {
  readonly plain: boolean
  readonly single: boolean
  readonly block: boolean
}

const isBreak = (char: string): boolean => char === '\n' || char === '\r' || char === '\u0085' || char === '\u2028' || char === '\u2029'

/** go-yaml counts neither tabs nor carriage returns nor anything beyond the basic plane as printable. */
function isPrintable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  )
}

const leadingIndicators = new Set([...'#,[]{}&*!|>\'"%@`'])

/** libyaml's yaml_emitter_analyze_scalar for block context. */
export function analyse(text: string): ScalarAnalysis {
  if (text === '') return { plain: true, single: true, block: false }
  let indicators = text.startsWith('---') || text.startsWith('...')
  let special = false
  let breaks = false
  let breakSpace = false
  let spaceBreak = false
  let previousSpace = false
  let previousBreak = false
  const chars = [...text]
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!
    const next = chars[i + 1]
    const followedByBlank = next === undefined || next === ' ' || next === '\t' || isBreak(next)
    const before = chars[i - 1]
    if (i === 0) {
      if (leadingIndicators.has(char) || ((char === '-' || char === '?' || char === ':') && followedByBlank)) indicators = true
    } else if ((char === ':' && followedByBlank) || (char === '#' && (before === ' ' || before === '\t' || isBreak(before!))))
      indicators = true
    if (!isPrintable(char.codePointAt(0)!)) special = true
    if (char === ' ') {
      if (previousBreak) breakSpace = true
      previousSpace = true
      previousBreak = false
    } else if (isBreak(char)) {
      breaks = true
      if (previousSpace) spaceBreak = true
      previousSpace = false
      previousBreak = true
    } else {
      previousSpace = false
      previousBreak = false
    }
  }
  const first = chars[0]!
  const last = chars[chars.length - 1]!
  const edges = first === ' ' || isBreak(first) || last === ' ' || isBreak(last)
  const broken = spaceBreak || special
  return {
    plain: !(edges || breakSpace || broken || breaks || indicators),
    single: !(breakSpace || broken),
    block: !(last === ' ' || broken),
  }
}

const escapes: Record<string, string> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
}

/** Double quotes with YAML's escapes. */
export function doubleQuoted(text: string): string {
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0)!
    const known = escapes[char]
    if (known !== undefined) out += known
    else if (isPrintable(code)) out += char
    else out += code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  }
  return `${out}"`
}

const hex = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0')

/** A string on one line: a key, or a value without line breaks. */
export function inlineScalar(text: string): string {
  if (text.includes('\n') || readsAsOther(text)) return doubleQuoted(text)
  const analysis = analyse(text)
  if (analysis.plain) return text
  return analysis.single ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text)
}

/** The header of a literal block: `|`, its indentation hint and chomping. */
export function literalHeader(text: string): string {
  const hint = text.startsWith(' ') || text.startsWith('\n') ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  return `|${hint}${chomp}`
}
