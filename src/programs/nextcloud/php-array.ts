/** config.php: the array that `var_export` writes and PHP reads again. A subset of PHP: nested arrays, texts, numbers, true, false, null. */

export type PhpValue = null | boolean | number | string | PhpArray
export interface PhpArray {
  readonly [key: string]: PhpValue
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** As `var_export` words a value; `indent` spaces before the lines of an array. */
export function exported(value: PhpValue, indent = 0): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object') return String(value)
  const pad = ' '.repeat(indent)
  const lines = Object.entries(value).map(([key, v]) => {
    const name = /^(0|[1-9]\d*)$/.test(key) ? key : quoted(key)
    const inner = exported(v, indent + 2)
    return typeof v === 'object' && v !== null ? `${pad}  ${name} => \n${pad}  ${inner},\n` : `${pad}  ${name} => ${inner},\n`
  })
  return `array (\n${lines.join('')}${pad})`
}

const TOKEN =
  /\s+|\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*|'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|-?\d+(?:\.\d+)?|=>|[A-Za-z_$]\w*|<\?php|[^\s]/gy

interface Word {
  readonly text: string
  readonly string?: string
}

function words(source: string): Word[] {
  const out: Word[] = []
  for (const m of source.matchAll(TOKEN)) {
    const text = m[0]
    if (/^(\s|\/\*|\/\/|#)/.test(text)) continue
    const string = m[1] ?? m[2]
    out.push(string === undefined ? { text } : { text, string: string.replace(/\\(['"\\])/g, '$1') })
  }
  return out
}

const DEEPEST = 50

/** The array that a config.php assigns to `$CONFIG`; undefined where it is not one that this subset reads: PHP's parse error. */
export function readPhpArray(source: string): PhpArray | undefined {
  const list = words(source)
  let at = list.findIndex((w) => w.text === '$CONFIG')
  if (at < 0 || list[at + 1]?.text !== '=') return undefined
  at += 2
  const value = (depth: number): PhpValue | undefined => {
    const word = list[at++]
    if (word === undefined || depth > DEEPEST) return undefined
    if (word.string !== undefined) return word.string
    const lower = word.text.toLowerCase()
    if (lower === 'true' || lower === 'false') return lower === 'true'
    if (lower === 'null') return null
    if (/^-?\d/.test(lower)) return Number(lower)
    if (lower === '[') return entries(']', depth)
    if (lower !== 'array' || list[at]?.text !== '(') return undefined
    at++
    return entries(')', depth)
  }
  const entries = (end: string, depth: number): PhpArray | undefined => {
    const out: Record<string, PhpValue> = Object.create(null) as Record<string, PhpValue>
    let next = 0
    while (list[at] !== undefined && list[at]!.text !== end) {
      let v = value(depth + 1)
      if (v === undefined) return undefined
      if (list[at]?.text === '=>') {
        at++
        const key = String(v)
        v = value(depth + 1)
        if (v === undefined) return undefined
        out[key] = v
        if (/^\d+$/.test(key)) next = Math.max(next, Number(key) + 1)
      } else out[String(next++)] = v
      if (list[at]?.text === ',') at++
      else if (list[at]?.text !== end) return undefined
    }
    if (list[at++] === undefined) return undefined
    return { ...out }
  }
  const read = value(0)
  return typeof read === 'object' && read !== null && list[at]?.text === ';' ? read : undefined
}
