// Colours by meaning, and painting of rows into text with SGR codes. Without colour, bold, underline and inverse still carry the difference.
import type { Row, Span, Tone } from './spans.ts'

/** `none`: NO_COLOR; `basic`: 16 colours, which follow the player's own palette. */
export type ColourMode = 'none' | 'basic'

const COLOURS: Record<Tone, string> = {
  good: '32',
  warn: '33',
  bad: '31',
  info: '34',
  accent: '36',
  faint: '90',
  frame: '90',
  heading: '36',
  code: '33',
  key: '36',
  string: '32',
  number: '35',
  comment: '90',
  punctuation: '90',
}

const codesOf = (part: Span, mode: ColourMode): string => {
  const codes: string[] = []
  if (part.bold) codes.push('1')
  if (part.italic) codes.push('3')
  if (part.underline) codes.push('4')
  if (part.inverse) codes.push('7')
  if (mode === 'none') {
    if (part.tone === 'heading' || part.tone === 'bad') codes.push('1')
  } else if (part.tone) codes.push(COLOURS[part.tone])
  return codes.join(';')
}

/** One row as text with SGR codes. */
export const paintRow = (row: Row, mode: ColourMode): string => {
  let out = ''
  for (const part of row) {
    if (part.text === '') continue
    const codes = codesOf(part, mode)
    out += codes === '' ? part.text : `\u001b[${codes}m${part.text}\u001b[0m`
  }
  return out
}

/** Decides from the environment: NO_COLOR wins, then FORCE_COLOR, then the terminal's name. */
export const colourMode = (env: Record<string, string | undefined>): ColourMode => {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 'none'
  if (env['FORCE_COLOR'] === '0' || env['TERM'] === 'dumb') return 'none'
  return 'basic'
}
