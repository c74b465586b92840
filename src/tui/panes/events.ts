// The events pane: what the cluster reported, newest at the bottom.
import { safeLine } from '../../lib/safe-text.ts'
import { type Row, span, wrapRow } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { EventView } from '../world.ts'
import { clockFace } from './frame.ts'

const eventRow = (event: EventView): Row => {
  const warning = event.type === 'Warning'
  const times = event.count > 1 ? ` ×${event.count}` : ''
  return [
    span(`${clockFace(event.atMs)} `, 'faint'),
    span(warning ? '! ' : '  ', { tone: 'bad', bold: true }),
    span(`${safeLine(event.reason)}${times} `, warning ? 'warn' : 'accent'),
    span(`${safeLine(event.object)} `, { bold: true }),
    span(safeLine(event.message)),
  ]
}

/** The last rows of the events, enough for `height` and `up` rows of scrolling. */
export const eventRows = (events: EventView[], texts: Texts, width: number, height: number, up: number): Row[] => {
  if (events.length === 0) return [[span(texts.events.empty, 'faint')]]
  const rows: Row[] = []
  for (let i = events.length - 1; i >= 0 && rows.length < height + up; i--) rows.unshift(...wrapRow(eventRow(events[i]!), width, 11))
  const end = Math.max(Math.min(height, rows.length), rows.length - up)
  return rows.slice(Math.max(0, end - height), end)
}

export const spokenEvent = (event: EventView): string =>
  `${clockFace(event.atMs)} ${event.type} ${safeLine(event.reason)} ${safeLine(event.object)}: ${safeLine(event.message)}`
