// Frames, rules, scrolling windows and clock faces that all panes share.
import { fillRow, type Row, type Span, span, spread, truncateText } from '../text/spans.ts'

export interface FrameOptions {
  title: string
  /** Stands at the right end of the upper edge. */
  note?: string | undefined
  focused?: boolean
  /** With sides; otherwise a rule above. */
  sides: boolean
}

/** The room inside a pane. */
export const innerSize = (width: number, height: number, sides: boolean): { width: number; height: number } =>
  sides
    ? { width: Math.max(1, width - 4), height: Math.max(1, height - 2) }
    : { width: Math.max(1, width - 2), height: Math.max(1, height - 1) }

const edge = (width: number, corners: [string, string], options: FrameOptions): Row => {
  const style: Omit<Span, 'text'> = options.focused ? { tone: 'accent', bold: true } : { tone: 'frame' }
  const note = options.note ? ` ${options.note} ` : ''
  const title = truncateText(options.title, width - 6 - note.length)
  const left: Row = [
    span(`${corners[0]}─ `, style),
    span(title, { ...(options.focused && { tone: 'accent' }), bold: true }),
    span(' ', style),
  ]
  const right: Row = [span(note, 'faint'), span(`─${corners[1]}`, style)]
  const used = [...left, ...right].reduce((sum, part) => sum + part.text.length, 0)
  return spread([...left, span('─'.repeat(Math.max(0, width - used)), style)], right, width)
}

/** Puts rows into a frame of exactly `width` × `height`. */
export const frameRows = (rows: Row[], width: number, height: number, options: FrameOptions): Row[] => {
  const inner = innerSize(width, height, options.sides)
  const style: Omit<Span, 'text'> = options.focused ? { tone: 'accent' } : { tone: 'frame' }
  const body = Array.from({ length: inner.height }, (_, index) => fillRow(rows[index] ?? [], inner.width))
  if (!options.sides) return [edge(width, ['─', '─'], options), ...body.map((row) => [span(' '), ...row, span(' ')])]
  return [
    edge(width, ['╭', '╮'], options),
    ...body.map((row) => [span('│ ', style), ...row, span(' │', style)]),
    [span(`╰${'─'.repeat(width - 2)}╯`, style)],
  ]
}

/** The part of `rows` to show when scrolled to `top`, with where it really stands. */
export const windowOf = (rows: Row[], top: number, height: number): { rows: Row[]; top: number; note: string | undefined } => {
  const most = Math.max(0, rows.length - height)
  const at = Math.max(0, Math.min(most, top))
  const note = most === 0 ? undefined : at === 0 ? '↓' : at === most ? '↑' : '↕'
  return { rows: rows.slice(at, at + height), top: at, note }
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Virtual time as `01:02:03`. */
export const clockFace = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** A span of time as kubectl writes ages: `45s`, `3m20s`, `2h5m`. */
export const shortSpan = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`
  if (minutes < 180) return `${minutes}m`
  return `${Math.floor(minutes / 60)}h${minutes % 60 ? `${minutes % 60}m` : ''}`
}

export const starsRow = (stars: number, of: number): Row => [
  span('★'.repeat(Math.max(0, stars)), 'warn'),
  span('☆'.repeat(Math.max(0, of - stars)), 'faint'),
]
