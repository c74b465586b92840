// What the terminal tells when goals come true or stop being true.
import { safeLine } from '../../lib/safe-text.ts'
import { clockFace } from '../panes/frame.ts'
import { type Row, span } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { WorldFrame } from '../world.ts'

const news = (sign: string, tone: 'good' | 'bad', text: string, clockMs: number): Row => [
  span(`${sign} `, { tone, bold: true }),
  span(text, tone),
  span(`  ${clockFace(clockMs)}`, 'faint'),
]

/** A row for each goal that changed between two frames. */
export const goalNews = (before: WorldFrame, after: WorldFrame, clockMs: number, texts: Texts): Row[] => {
  const was = new Map(before.objectives.map((goal) => [goal.id, goal.status]))
  return after.objectives.flatMap((goal) => {
    const earlier = was.get(goal.id)
    if (earlier === undefined || earlier === goal.status) return []
    if (goal.status === 'pass' && !goal.guard) return [news('✓', 'good', texts.play.goalPassed(safeLine(goal.title)), clockMs)]
    return earlier === 'pass' ? [news('✗', 'bad', texts.play.goalLost(safeLine(goal.title)), clockMs)] : []
  })
}
