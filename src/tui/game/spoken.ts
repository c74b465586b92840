// Panes told in words, for screen readers: rows of plain text without boxes, bars or glyphs.
import { safeLine } from '../../lib/safe-text.ts'
import { spokenCluster } from '../panes/cluster.ts'
import { spokenEvent } from '../panes/events.ts'
import { spokenGoals } from '../panes/goals.ts'
import { markdownRows } from '../text/markdown.ts'
import { type Row, span } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { WorldFrame } from '../world.ts'

const EVENTS_TOLD = 10
const ENDLESS = 10_000

// Rules and quotation bars are for the eye.
const said = (markdown: string): Row[] => markdownRows(markdown, ENDLESS).map((row) => row.filter((part) => part.tone !== 'frame'))

const lines = (texts: string[]): Row[] => texts.map((text) => [span(text)])

/** The rows to add to the terminal when a pane is asked for. */
export const spokenPane = (what: 'help' | 'brief' | 'cluster' | 'events' | 'goals', frame: WorldFrame, texts: Texts): Row[] => {
  switch (what) {
    case 'help':
      return said(texts.help.text)
    case 'brief':
      return [...lines([`${texts.panes.brief}: ${safeLine(frame.levelTitle)}`]), ...said(frame.brief), ...lines(spokenGoals(frame, texts))]
    case 'goals':
      return lines([`${texts.panes.goals}:`, ...spokenGoals(frame, texts)])
    case 'cluster':
      return lines([`${texts.panes.cluster}:`, ...spokenCluster(frame, texts)])
    case 'events':
      return lines(frame.events.length === 0 ? [texts.events.empty] : frame.events.slice(-EVENTS_TOLD).map(spokenEvent))
  }
}
