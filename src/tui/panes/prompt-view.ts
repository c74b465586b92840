// Draws the prompt: label, typed text wrapped by cells, continuation marks, the list of completions, and where the cursor stands.
import { safeText } from '../../lib/safe-text.ts'
import { graphemes } from '../input/line.ts'
import { type PromptState, searchFailed } from '../input/prompt.ts'
import { cells, fillRow, type Row, span, truncateText } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'

export interface PromptView {
  rows: Row[]
  cursor: { x: number; y: number }
}

const CONTINUED = '> '

/** Lays `text` out cell by cell after `label`; gives the rows and the place of `cursor` (UTF-16 offset). */
const flow = (label: Row, labelWidth: number, text: string, cursor: number, width: number): PromptView => {
  const rows: Row[] = [[...label]]
  let x = labelWidth
  let run = ''
  let at = 0
  let place = { x, y: 0 }
  const flush = () => {
    if (run !== '') rows.at(-1)!.push(span(run))
    run = ''
  }
  const breakLine = (lead: string) => {
    flush()
    rows.push(lead === '' ? [] : [span(lead, 'faint')])
    x = lead.length
  }
  for (const grapheme of graphemes(text)) {
    const shown = grapheme === '\t' ? '  ' : grapheme
    const size = grapheme === '\n' ? 0 : cells(shown)
    if (x + size > width) breakLine('')
    if (at <= cursor) place = { x, y: rows.length - 1 }
    at += grapheme.length
    if (grapheme === '\n') breakLine(CONTINUED)
    else {
      run += shown
      x += size
    }
  }
  if (x >= width) breakLine('')
  flush()
  if (cursor >= text.length) place = { x, y: rows.length - 1 }
  return { rows, cursor: place }
}

const LIST_ROWS = 5

/** Completions in columns, the chosen one marked; only the rows around it when there are many. */
const candidateRows = (state: PromptState, texts: Texts, width: number): Row[] => {
  const list = state.list
  if (!list) return []
  const names = list.candidates.map((candidate) => safeText(candidate.text))
  const longest = Math.min(width - 2, Math.max(...names.map((name) => cells(name))) + 2)
  const columns = Math.max(1, Math.floor(width / longest))
  const lines = Math.ceil(names.length / columns)
  const chosenLine = list.chosen < 0 ? 0 : Math.floor(list.chosen / columns)
  const top = Math.max(0, Math.min(lines - LIST_ROWS, chosenLine - LIST_ROWS + 1))
  const rows: Row[] = []
  for (let line = top; line < Math.min(lines, top + LIST_ROWS); line++) {
    rows.push(
      names.slice(line * columns, (line + 1) * columns).flatMap((name, index) => {
        const chosen = line * columns + index === list.chosen
        return fillRow([span(truncateText(name, longest - 2), chosen ? { inverse: true, bold: true } : 'accent')], longest)
      }),
    )
  }
  const unseen = names.length - (Math.min(lines, top + LIST_ROWS) - top) * columns
  if (unseen > 0) rows.push([span(texts.play.more(unseen), 'faint')])
  return rows
}

/** The prompt's rows, the cursor relative to the first of them. */
export const promptRows = (state: PromptState, label: string, texts: Texts, width: number): PromptView => {
  const search = state.search
  const shown = search
    ? `(${searchFailed(state) ? texts.play.searchFailed : texts.play.search}) '${search.query}': `
    : truncateText(safeText(label), Math.max(8, Math.floor(width / 2)))
  const labelRow: Row = [span(shown, search ? 'warn' : { tone: 'good', bold: true })]
  const view = flow(labelRow, cells(shown), state.line.text, state.line.cursor, width)
  return { rows: [...view.rows, ...candidateRows(state, texts, width)], cursor: view.cursor }
}
