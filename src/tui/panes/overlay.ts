// Overlays: a framed box over the screen, its content scrolled, a line at its foot that says how to leave.
import { type Row, span, truncate } from '../text/spans.ts'
import { frameRows, innerSize, windowOf } from './frame.ts'

export interface OverlayContent {
  title: string
  rows: Row[]
  foot: string
}

/** Draws the box in `width` × `height`; `top` is clamped. */
export const overlayRows = (content: OverlayContent, width: number, height: number, top: number): { rows: Row[]; top: number } => {
  const inner = innerSize(width, height, true)
  const room = Math.max(1, inner.height - 2)
  const seen = windowOf(content.rows, top, room)
  const blank = Array.from({ length: Math.max(0, room - seen.rows.length) }, (): Row => [])
  const body = [...seen.rows, ...blank, [], truncate([span(content.foot, 'faint')], inner.width)]
  return { rows: frameRows(body, width, height, { title: content.title, note: seen.note, focused: true, sides: true }), top: seen.top }
}
