/** Takes a command line apart up to the cursor: the words of the command being typed, and the word under the cursor. */

export interface TypedLine {
  /** Words of the simple command before the one under the cursor, quotes taken off; assignments before the command left out. */
  readonly before: readonly string[]
  /** What of the current word is typed, without its opening quote. */
  readonly typed: string
  /** Where it begins in the text, UTF-16. */
  readonly from: number
  readonly quote: '' | "'" | '"'
  /** The word stands after `<`, `>` or `>>`. */
  readonly redirect: boolean
}

const SEPARATORS = new Set([';', '|', '&', '(', '\n', '`', '{'])
/** Words after which another command begins. */
const OPENERS = new Set([
  'do',
  'then',
  'else',
  'elif',
  'if',
  'while',
  'until',
  '!',
  'time',
  '{',
  'sudo',
  'xargs',
  'watch',
  'nohup',
  'env',
  'exec',
])

interface Scan {
  words: string[]
  word: string
  from: number
  quote: '' | "'" | '"'
  quoteFrom: number
  redirect: boolean
  open: boolean
}

function finish(scan: Scan): void {
  if (scan.open && !scan.redirect) scan.words.push(scan.word)
  if (scan.open) scan.redirect = false
  scan.word = ''
  scan.open = false
}

/** One character outside of quotes; gives how many were taken. */
function plain(scan: Scan, text: string, i: number): number {
  const c = text[i]!
  if (c === '\\' && i + 1 < text.length) {
    open(scan, i)
    scan.word += text[i + 1]!
    return 2
  }
  if (c === ' ' || c === '\t') finish(scan)
  else if (c === '>' || c === '<') {
    finish(scan)
    scan.redirect = true
  } else if (c === '$' && text[i + 1] === '(') {
    scan.words = []
    scan.word = ''
    scan.open = false
    return 2
  } else if (SEPARATORS.has(c) && !(c === '&' && text[i - 1] === '>') && !(c === '{' && text[i - 1] === '$')) {
    finish(scan)
    scan.words = []
    scan.redirect = false
  } else {
    open(scan, i)
    if (c === "'" || c === '"') {
      scan.quote = c
      scan.quoteFrom = i + 1
    } else scan.word += c
  }
  return 1
}

function open(scan: Scan, at: number): void {
  if (scan.open) return
  scan.open = true
  scan.from = at
}

export function typedLine(text: string, cursor: number): TypedLine {
  const scan: Scan = { words: [], word: '', from: cursor, quote: '', quoteFrom: 0, redirect: false, open: false }
  const end = text.slice(0, cursor)
  for (let i = 0; i < end.length; ) {
    if (scan.quote === '') i += plain(scan, end, i)
    else {
      if (end[i] === scan.quote) scan.quote = ''
      else if (scan.quote === '"' && end[i] === '$' && end[i + 1] === '(') {
        Object.assign(scan, { words: [], word: '', open: false, quote: '' })
        i++
      } else scan.word += end[i]!
      i++
    }
  }
  let { words } = scan
  while (words.length > 0 && (OPENERS.has(words[0]!) || /^\w+=/.test(words[0]!))) words = words.slice(1)
  const from = !scan.open ? cursor : scan.quote === '' ? scan.from : Math.max(scan.from, scan.quoteFrom)
  return { before: words, typed: scan.open ? scan.word : '', from, quote: scan.quote, redirect: scan.redirect }
}
