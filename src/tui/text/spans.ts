// Styled text as data: a line is a list of spans; widths, wrapping and cutting are by terminal cells, so wide and combining characters fit.
import stringWidth from 'string-width'
import { graphemes } from '../input/line.ts'

/** Named by meaning; the theme says which colour. */
export type Tone =
  | 'good'
  | 'warn'
  | 'bad'
  | 'info'
  | 'accent'
  | 'faint'
  | 'frame'
  | 'heading'
  | 'code'
  | 'key'
  | 'string'
  | 'number'
  | 'comment'
  | 'punctuation'

export interface Span {
  text: string
  tone?: Tone
  bold?: boolean
  italic?: boolean
  underline?: boolean
  inverse?: boolean
}

export type Row = Span[]

export const span = (text: string, style: Omit<Span, 'text'> | Tone = {}): Span =>
  typeof style === 'string' ? { text, tone: style } : { text, ...style }

// Latin, and the signs that frames and panes are made of: one cell each, known without asking string-width, which is slow.
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2212\u2388\u2500-\u25fc\u2605\u2606\u2713\u2717\u276f]*$/

/** Terminal cells of `text`. */
export const cells = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text))

export const rowWidth = (row: Row): number => row.reduce((sum, part) => sum + cells(part.text), 0)

export const rowText = (row: Row): string => row.map((part) => part.text).join('')

const sliceText = (text: string, from: number, to: number): string => {
  if (NARROW.test(text)) return text.slice(from, to)
  let at = 0
  let out = ''
  for (const grapheme of graphemes(text)) {
    const next = at + cells(grapheme)
    if (at >= from && next <= to) out += grapheme
    // A wide character cut in half becomes a blank, so that columns stay put.
    else if (next > from && at < to) out += ' '.repeat(Math.min(next, to) - Math.max(at, from))
    at = next
  }
  return out
}

/** The cells `from` (inclusive) to `to` (exclusive). */
export const sliceRow = (row: Row, from: number, to: number): Row => {
  const out: Row = []
  let at = 0
  for (const part of row) {
    const width = cells(part.text)
    if (at + width > from && at < to) {
      const text = at >= from && at + width <= to ? part.text : sliceText(part.text, Math.max(0, from - at), to - at)
      if (text !== '') out.push({ ...part, text })
    }
    at += width
  }
  return out
}

/** Cuts to `width` cells with an ellipsis where something was cut. */
export const truncate = (row: Row, width: number): Row => {
  if (width <= 0) return []
  if (rowWidth(row) <= width) return row
  const cut = sliceRow(row, 0, width - 1)
  return [...cut, { ...(cut.at(-1) ?? {}), text: '…' }]
}

export const truncateText = (text: string, width: number): string => rowText(truncate([{ text }], width))

/** Pads with blanks (or cuts) to exactly `width` cells. */
export const fillRow = (row: Row, width: number): Row => {
  const cut = truncate(row, width)
  const missing = width - rowWidth(cut)
  return missing > 0 ? [...cut, { text: ' '.repeat(missing) }] : cut
}

export const fillText = (text: string, width: number): string => rowText(fillRow([{ text }], width))

/** `left` and `right` at the two ends of `width` cells; the left gives way. */
export const spread = (left: Row, right: Row, width: number): Row => {
  const rightWidth = rowWidth(right)
  if (rightWidth >= width) return fillRow(right, width)
  return [...fillRow(left, width - rightWidth), ...right]
}

interface Piece {
  text: string
  width: number
  blank: boolean
  style: Omit<Span, 'text'>
}

const pieces = (row: Row): Piece[] =>
  row.flatMap(({ text, ...style }) =>
    (text.match(/\s+|\S+/g) ?? []).map((part) => ({ text: part, width: cells(part), blank: /^\s/.test(part), style })),
  )

// Neighbouring pieces without a blank between them are one word, though they differ in style.
const words = (row: Row): Piece[][] => {
  const out: Piece[][] = []
  for (const piece of pieces(row)) {
    const last = out.at(-1)
    if (last && !piece.blank && !last[0]!.blank) last.push(piece)
    else out.push([piece])
  }
  return out
}

const toSpans = (list: Piece[]): Row => list.map((piece) => ({ ...piece.style, text: piece.text }))

/** Wraps at blanks, and inside words longer than `width`. Continuation rows get `indent` blanks. Always gives at least one row. */
export const wrapRow = (row: Row, width: number, indent = 0): Row[] => {
  if (width < 1) return [[]]
  if (rowWidth(row) <= width) return [row]
  const hanging = Math.min(indent, Math.max(0, width - 8))
  const rows: Row[] = []
  let current: Row = []
  let used = 0
  const next = () => {
    rows.push(current)
    current = hanging > 0 ? [{ text: ' '.repeat(hanging) }] : []
    used = hanging
  }
  for (const word of words(row)) {
    let rest = toSpans(word)
    let size = rowWidth(rest)
    if (used + size > width && word[0]!.blank) {
      next()
      continue
    }
    if (used + size > width && used > (rows.length > 0 ? hanging : 0)) next()
    while (used + size > width) {
      const room = width - used
      current.push(...sliceRow(rest, 0, room))
      rest = sliceRow(rest, room, size)
      size -= room
      next()
    }
    current.push(...rest)
    used += size
  }
  rows.push(current)
  return rows
}

const TAB = 8

/** Expands tabs as a terminal does. */
export const expandTabs = (text: string): string => {
  if (!text.includes('\t')) return text
  let out = ''
  for (const part of text.split(/(\t)/)) out += part === '\t' ? ' '.repeat(TAB - (cells(out) % TAB)) : part
  return out
}

/** Wraps anywhere, as a terminal does with a program's output: no cell is added or lost. */
export const hardWrap = (row: Row, width: number): Row[] => {
  const total = rowWidth(row)
  if (total <= width) return [row]
  const rows: Row[] = []
  for (let at = 0; at < total; at += width) rows.push(sliceRow(row, at, Math.min(total, at + width)))
  return rows
}
