// The terminal's scrollback: output as logical lines, wrapped to the width when drawn and only as far up as is seen.
import { safeText } from '../../lib/safe-text.ts'
import { expandTabs, hardWrap, type Row, type Span, span, wrapRow } from '../text/spans.ts'
import type { OutputChunk } from '../world.ts'

const LINES_KEPT = 5000

export interface OutputLine {
  row: Row
  /** The game's own words wrap at blanks; a program's output wraps where the terminal ends. */
  prose: boolean
}

export interface Scrollback {
  lines: OutputLine[]
  /** The last line has no newline yet. */
  open: boolean
  /** Moves with every change. */
  version: number
}

export const emptyScrollback: Scrollback = { lines: [], open: false, version: 0 }

const STYLES: Record<OutputChunk['stream'], Omit<Span, 'text'>> = { out: {}, err: { tone: 'warn' }, note: { tone: 'accent' } }

/** A carriage return goes back to the line's start, as in a terminal: what follows the last one is what is seen. */
const seen = (line: string): string => {
  const end = line.endsWith('\r') ? line.slice(0, -1) : line
  return end.slice(end.lastIndexOf('\r') + 1)
}

/** Adds output; text without a final newline stays open for the next chunk. */
export const append = (before: Scrollback, chunks: OutputChunk[]): Scrollback => {
  if (chunks.length === 0) return before
  const lines = [...before.lines]
  let open = before.open
  for (const chunk of chunks) {
    if (chunk.text === '') continue
    const style = STYLES[chunk.stream]
    const parts = chunk.text.split('\n')
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1
      if (last && part === '') {
        open = open && parts.length === 1
        continue
      }
      const text = expandTabs(safeText(seen(part)))
      const fresh: Row = text === '' ? [] : [span(text, style)]
      const restarted = part.includes('\r') && !part.endsWith('\r')
      const prose = chunk.stream === 'note'
      if (!open || lines.length === 0) lines.push({ row: fresh, prose })
      else lines[lines.length - 1] = { row: restarted ? fresh : [...lines.at(-1)!.row, ...fresh], prose }
      open = last
    }
  }
  return { lines: lines.slice(-LINES_KEPT), open, version: before.version + 1 }
}

/** Adds whole styled lines, closing an open one. */
export const appendRows = (before: Scrollback, rows: Row[], prose = true): Scrollback => ({
  lines: [...before.lines, ...rows.map((row) => ({ row, prose }))].slice(-LINES_KEPT),
  open: false,
  version: before.version + 1,
})

let wrapped: { width: number; rows: WeakMap<OutputLine, Row[]> } = { width: 0, rows: new WeakMap() }

/** The wrapped rows of one line, remembered for the current width. */
export const wrapLine = (line: OutputLine, width: number): Row[] => {
  if (wrapped.width !== width) wrapped = { width, rows: new WeakMap() }
  const known = wrapped.rows.get(line)
  if (known) return known
  const rows = line.prose ? wrapRow(line.row, width) : hardWrap(line.row, width)
  wrapped.rows.set(line, rows)
  return rows
}

/** The rows seen in `height` rows when scrolled `up` rows from the end; `hidden` is how many are below. */
export const tail = (scrollback: Scrollback, width: number, height: number, up: number): { rows: Row[]; hidden: number } => {
  const wanted = height + up
  const collected: Row[][] = []
  let count = 0
  for (let i = scrollback.lines.length - 1; i >= 0 && count < wanted; i--) {
    const rows = wrapLine(scrollback.lines[i]!, width)
    collected.push(rows)
    count += rows.length
  }
  const all = collected.reverse().flat()
  const hidden = Math.min(up, Math.max(0, count - height))
  const end = all.length - hidden
  return { rows: all.slice(Math.max(0, end - height), end), hidden }
}

/** A command as it was typed, after its prompt. */
export const echoRows = (label: string, text: string): Row[] => {
  const [first = '', ...rest] = text.split('\n')
  return [
    [span(safeText(label), { tone: 'good', bold: true }), span(expandTabs(safeText(first)), { bold: true })],
    ...rest.map((line): Row => [span('> ', 'faint'), span(expandTabs(safeText(line)), { bold: true })]),
  ]
}
