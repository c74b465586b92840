// The header (title, goals, stars, clock) and the footer (keys) of the play screen.
import { safeLine } from '../../lib/safe-text.ts'
import { cells, fillRow, type Row, rowWidth, span, spread, truncateText } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { WorldFrame } from '../world.ts'
import { clockFace, starsRow } from './frame.ts'

/** Why virtual time stands still, if it does. */
export type Frozen = 'unstarted' | 'reading' | 'editing' | 'paused' | undefined

export interface Pace {
  clockMs: number
  speed: number
  frozen: Frozen
}

const clockRow = (frame: WorldFrame, pace: Pace, texts: Texts, words: 'frozen' | 'frozenShort', limit: boolean): Row => {
  const late = frame.limitMs !== undefined && frame.limitMs - pace.clockMs < 60_000
  const left =
    frame.limitMs === undefined || (!limit && !late) ? '' : ` · ${texts.header.left(clockFace(Math.max(0, frame.limitMs - pace.clockMs)))}`
  const state = pace.frozen ? span(`‖ ${texts.header[words][pace.frozen]} `, 'warn') : span(`▸ ${pace.speed}× `, 'good')
  return [state, span(clockFace(pace.clockMs), { bold: true }), span(left, late ? 'bad' : 'faint')]
}

/** The header row; where room is short the clock's words shorten first, then the title gives way. */
export const headerRow = (frame: WorldFrame, pace: Pace, texts: Texts, width: number): Row => {
  const judged = frame.objectives.filter((goal) => !goal.guard)
  const done = judged.filter((goal) => goal.status === 'pass').length
  const goals: Row =
    judged.length > 0 ? [span(texts.header.goals(done, judged.length), done === judged.length ? 'good' : {}), span('  ')] : []
  const stars = frame.maxStars > 0 ? [...starsRow(frame.stars, frame.maxStars), span('  ')] : []
  const title: Row = [span(' ⎈ ', { tone: 'accent', bold: true }), span(safeLine(frame.levelTitle), { bold: true })]
  const before: Row = [span('  '), ...goals, ...stars]
  const tries = [
    [...before, ...clockRow(frame, pace, texts, 'frozen', true), span(' ')],
    [...before, ...clockRow(frame, pace, texts, 'frozenShort', true), span(' ')],
    [...before, ...clockRow(frame, pace, texts, 'frozenShort', false), span(' ')],
  ]
  const right = tries.find((row) => rowWidth(title) + rowWidth(row) <= width) ?? tries[2]!
  return spread(title, right, width)
}

/** Keys and what they do, spread over the width; labels are cut evenly when they do not fit. */
export const footerRow = (keys: [string, string][], width: number): Row => {
  const size = (part: [string, string]) => part[0].length + 1 + part[1].length
  const roomy = keys.reduce((sum, part) => sum + size(part) + 2, 0) <= width
  const plain = keys.reduce((sum, part) => sum + size(part), 0) + keys.length - 1 <= width
  if (roomy || plain) {
    const gap = Math.max(1, Math.min(3, Math.floor((width - keys.reduce((sum, part) => sum + size(part), 1)) / keys.length)))
    const row = keys.flatMap(([key, label]) => [span(key, { bold: true, tone: 'accent' }), span(` ${label}`), span(' '.repeat(gap))])
    return fillRow([span(roomy ? ' ' : ''), ...row.slice(0, -1)], width)
  }
  // In tight windows key and word stand together, without the F when even that is too long, as in Midnight Commander.
  const glue = (label: string) => (/^\d/.test(label) ? ' ' : '')
  const sizeOf = (list: [string, string][]) =>
    list.reduce((sum, [key, label]) => sum + key.length + glue(label).length + cells(label) + 1, -1)
  const bare = keys.map(([key, label]): [string, string] => [key.replace(/^F(?=\d)/, ''), label])
  const tight = sizeOf(keys) <= width ? keys : bare
  const longest = sizeOf(tight) <= width ? 99 : Math.max(3, Math.floor((width - tight.length * 3) / tight.length))
  return fillRow(
    tight.flatMap(([key, label]) => [span(key, { bold: true, tone: 'accent' }), span(`${glue(label)}${truncateText(label, longest)} `)]),
    width,
  )
}

export const playKeys = (texts: Texts, speed: number, paused: boolean): [string, string][] => {
  const a = texts.actions
  return [
    ['F1', a.help],
    ['F2', a.brief],
    ['F3', a.cluster],
    ['F4', a.events],
    ['F5', a.hint],
    ['F6', paused ? a.resume : a.pause],
    ['F7', `${speed}×`],
    ['F8', a.skip],
    ['F9', a.check],
    ['F10', a.quit],
  ]
}
