// One editable text with a cursor and a kill ring, as pure functions: the part of readline that the prompt and the small fields share.
import { chord, type Key } from './keys.ts'

export interface Line {
  text: string
  /** UTF-16 offset, always at a grapheme boundary. */
  cursor: number
  /** Most recent first. */
  kills: string[]
  /** What the last yank put in, for Alt-Y. */
  yanked: { from: number; index: number } | undefined
  /** The last key killed text, so that the next kill joins it. */
  killing: boolean
  /** Earlier texts, newest last. */
  past: { text: string; cursor: number }[]
}

export const emptyLine: Line = { text: '', cursor: 0, kills: [], yanked: undefined, killing: false, past: [] }

const KILLS_KEPT = 30
const PAST_KEPT = 200
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The user-perceived characters of `text`. */
export const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), (part) => part.segment)

const plainAt = (text: string, at: number): boolean => text.charCodeAt(at) < 0x300 && !(text.charCodeAt(at + 1) >= 0x300)

/** The offset of the next grapheme boundary. */
export const nextBoundary = (text: string, at: number): number => {
  if (at >= text.length) return text.length
  if (plainAt(text, at)) return at + 1
  return segmenter.segment(text).containing(at)!.index + segmenter.segment(text).containing(at)!.segment.length
}

/** The offset of the grapheme boundary before. */
export const previousBoundary = (text: string, at: number): number => {
  if (at <= 0) return 0
  return segmenter.segment(text).containing(at - 1)!.index
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

const wordLeft = (text: string, at: number): number => {
  let i = at
  while (i > 0 && !isWord(text[i - 1])) i--
  while (i > 0 && isWord(text[i - 1])) i--
  return i
}

const wordRight = (text: string, at: number): number => {
  let i = at
  while (i < text.length && !isWord(text[i])) i++
  while (i < text.length && isWord(text[i])) i++
  return i
}

const blankLeft = (text: string, at: number): number => {
  let i = at
  while (i > 0 && /\s/.test(text[i - 1]!)) i--
  while (i > 0 && !/\s/.test(text[i - 1]!)) i--
  return i
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

const settle = (line: Line): Line => (line.killing || line.yanked ? { ...line, killing: false, yanked: undefined } : line)

/** Replaces a range and puts the cursor after what was put in. */
export const replaceRange = (line: Line, from: number, to: number, text: string): Line => ({
  ...settle(line),
  text: line.text.slice(0, from) + text + line.text.slice(to),
  cursor: from + text.length,
  past: [...line.past.slice(-PAST_KEPT), { text: line.text, cursor: line.cursor }],
})

export const insert = (line: Line, text: string): Line => replaceRange(line, line.cursor, line.cursor, text)

/** A new text with the cursor at its end; kills stay, undo starts anew. */
export const withText = (line: Line, text: string): Line => ({ ...settle(line), text, cursor: text.length, past: [] })

const moveTo = (line: Line, cursor: number): Line => ({ ...settle(line), cursor })

const kill = (line: Line, from: number, to: number): Line => {
  if (from === to) return line
  const cut = line.text.slice(from, to)
  const [last = '', ...older] = line.kills
  const joined = from < line.cursor ? cut + last : last + cut
  const kills = line.killing ? [joined, ...older] : [cut, ...line.kills].slice(0, KILLS_KEPT)
  return { ...replaceRange(line, from, to, ''), cursor: from, kills, killing: true }
}

const yank = (line: Line): Line => {
  const text = line.kills[0]
  return text === undefined ? line : { ...insert(line, text), yanked: { from: line.cursor, index: 0 } }
}

const yankPop = (line: Line): Line => {
  if (!line.yanked || line.kills.length < 2) return line
  const index = (line.yanked.index + 1) % line.kills.length
  return { ...replaceRange(line, line.yanked.from, line.cursor, line.kills[index]!), yanked: { from: line.yanked.from, index } }
}

const transpose = (line: Line): Line => {
  const end = line.cursor === line.text.length ? previousBoundary(line.text, line.cursor) : line.cursor
  if (end === 0 || line.text.length < 2) return line
  const start = previousBoundary(line.text, end)
  const after = nextBoundary(line.text, end)
  return replaceRange(line, start, after, line.text.slice(end, after) + line.text.slice(start, end))
}

const undo = (line: Line): Line => {
  const last = line.past.at(-1)
  return last ? { ...settle(line), ...last, past: line.past.slice(0, -1) } : line
}

/** Moves by logical lines; undefined when there is no line that way. */
export const moveVertically = (line: Line, direction: -1 | 1): Line | undefined => {
  const start = lineStart(line.text, line.cursor)
  const column = graphemes(line.text.slice(start, line.cursor)).length
  const target = direction < 0 ? start - 1 : lineEnd(line.text, line.cursor) + 1
  if (target < 0 || target > line.text.length) return undefined
  const from = lineStart(line.text, target)
  const cells = graphemes(line.text.slice(from, lineEnd(line.text, target)))
  return moveTo(line, from + cells.slice(0, column).join('').length)
}

const EDITS: Record<string, (line: Line) => Line> = {
  left: (line) => moveTo(line, previousBoundary(line.text, line.cursor)),
  right: (line) => moveTo(line, nextBoundary(line.text, line.cursor)),
  home: (line) => moveTo(line, lineStart(line.text, line.cursor)),
  end: (line) => moveTo(line, lineEnd(line.text, line.cursor)),
  'alt+b': (line) => moveTo(line, wordLeft(line.text, line.cursor)),
  'alt+f': (line) => moveTo(line, wordRight(line.text, line.cursor)),
  backspace: (line) => replaceRange(line, previousBoundary(line.text, line.cursor), line.cursor, ''),
  delete: (line) => ({ ...replaceRange(line, line.cursor, nextBoundary(line.text, line.cursor), ''), cursor: line.cursor }),
  'ctrl+w': (line) => kill(line, blankLeft(line.text, line.cursor), line.cursor),
  'alt+backspace': (line) => kill(line, wordLeft(line.text, line.cursor), line.cursor),
  'alt+d': (line) => kill(line, line.cursor, wordRight(line.text, line.cursor)),
  'ctrl+k': (line) => kill(line, line.cursor, lineEnd(line.text, line.cursor) || line.text.length),
  'ctrl+u': (line) => kill(line, lineStart(line.text, line.cursor), line.cursor),
  'ctrl+y': yank,
  'alt+y': yankPop,
  'ctrl+t': transpose,
  'ctrl+_': undo,
}

const ALIASES: Record<string, string> = {
  'ctrl+a': 'home',
  'ctrl+e': 'end',
  'ctrl+b': 'left',
  'ctrl+f': 'right',
  'ctrl+h': 'backspace',
  'ctrl+left': 'alt+b',
  'ctrl+right': 'alt+f',
  'alt+left': 'alt+b',
  'alt+right': 'alt+f',
  'ctrl+backspace': 'alt+backspace',
  'ctrl+delete': 'alt+d',
  'shift+left': 'left',
  'shift+right': 'right',
  'shift+home': 'home',
  'shift+end': 'end',
  'shift+backspace': 'backspace',
}

/** Applies an editing key; undefined when the key is not about editing the line. */
export const editLine = (line: Line, key: Key): Line | undefined => {
  if (key.kind !== 'key') return key.text === '' ? line : insert(line, key.text)
  const name = chord(key)
  return EDITS[ALIASES[name] ?? name]?.(line)
}
