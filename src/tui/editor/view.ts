// Draws the editor: title, numbered and coloured lines scrolled so that the cursor is seen, status line, key help.
import { safeLine, safeText } from '../../lib/safe-text.ts'
import { graphemes } from '../input/line.ts'
import { cells, fillRow, type Row, type Span, sliceRow, span, spread, truncate } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { EditProblem } from '../world.ts'
import { cursorOf, textOf } from './buffer.ts'
import { type EditorModel, isDirty } from './editor.ts'
import { problemsOf } from './editor-problems.ts'
import { plainRows, yamlRows } from './highlight.ts'

/** Where the view stands; kept by the host between draws so that scrolling is soft. */
export interface EditorScroll {
  top: number
  left: number
}

export interface EditorView {
  rows: Row[]
  cursor: { x: number; y: number }
  scroll: EditorScroll
}

const MARGIN = 2
const HELP_ROWS = 2

/** Rows of text that a window of `height` rows shows. */
export const editorPageRows = (height: number): number => Math.max(1, height - 2 - HELP_ROWS)

const follow = (at: number, from: number, size: number, margin: number): number => {
  const keep = Math.min(margin, Math.floor((size - 1) / 2))
  if (at < from + keep) return Math.max(0, at - keep)
  if (at > from + size - 1 - keep) return at - size + 1 + keep
  return from
}

const cellColumn = (text: string, column: number): number =>
  graphemes(text.slice(0, column)).reduce((sum, part) => sum + (part === '\t' ? 2 : cells(part)), 0)

/** Control characters that are in the file show as blanks or signs, one cell each, so that columns stay true. */
const visible = (row: Row): Row => row.map((part) => ({ ...part, text: safeText(part.text.replace(/\t/g, '  ')) }))

/** Marks the selected cells of a line. */
const selected = (row: Row, from: number, to: number, width: number): Row => {
  if (to <= from) return row
  const end = Math.max(to, from + 1)
  const padded = fillRow(row, Math.max(end, width))
  return [
    ...sliceRow(padded, 0, from),
    ...sliceRow(padded, from, end).map((part): Span => ({ ...part, inverse: true })),
    ...sliceRow(padded, end, Math.max(end, width)),
  ]
}

const helpRows = (texts: Texts, width: number): Row[] => {
  const keys = texts.editor.keys
  const all: [string, string][][] = [
    [
      ['^S', keys.save],
      ['^X', keys.close],
      ['^C', keys.cancel],
      ['^F', keys.find],
      ['^G', keys.line],
    ],
    [
      ['^Z', keys.undo],
      ['^R', keys.redo],
      ['^K', keys.cut],
      ['^U', keys.paste],
      ['^T', keys.comment],
    ],
  ]
  const column = Math.floor(width / 5)
  return all.map((line) => line.flatMap(([key, label]) => fillRow([span(key, { bold: true, tone: 'accent' }), span(` ${label}`)], column)))
}

const statusRow = (model: EditorModel, problems: EditProblem[], texts: Texts, answers: { yes: string; no: string }): Row => {
  const { line } = cursorOf(model.buffer)
  if (model.mode === 'confirm') return [span(texts.editor.confirm(answers.yes, answers.no), { tone: 'warn', bold: true })]
  const problem = problems.find((one) => one.line === line + 1) ?? problems[0]
  if (model.message && !(problem && model.message === 'saved'))
    return [span(texts.editor[model.message], model.message === 'notFound' ? 'warn' : 'good')]
  if (!problem) return []
  const told = problem.line === undefined ? safeLine(problem.message) : texts.editor.problem(problem.line, safeLine(problem.message))
  const more = problems.length > 1 ? [span(`  ${texts.editor.problems(problems.length)}`, 'faint')] : []
  return [span('! ', { tone: 'bad', bold: true }), span(told, 'bad'), ...more]
}

interface Body {
  rows: Row[]
  scroll: EditorScroll
  cursor: { x: number; y: number }
}

const body = (model: EditorModel, problems: EditProblem[], width: number, height: number, before: EditorScroll): Body => {
  const text = textOf(model.buffer)
  const rows = model.language === 'yaml' ? yamlRows(text) : plainRows(text)
  const gutter = String(model.buffer.doc.lines).length + 2
  const room = Math.max(4, width - gutter - 1)
  const { line, column } = cursorOf(model.buffer)
  const x = cellColumn(model.buffer.doc.line(line + 1).text, column)
  const scroll = {
    top: follow(line, before.top, height, MARGIN),
    left: x < room - 1 && before.left === 0 ? 0 : follow(x, before.left, room, 8),
  }
  const wrong = new Set(problems.map((problem) => problem.line))
  const { main } = model.buffer.selection
  const out: Row[] = []
  for (let y = 0; y < height; y++) {
    const number = scroll.top + y + 1
    if (number > model.buffer.doc.lines) {
      out.push([span(' '.repeat(gutter - 1)), span('~', 'faint')])
      continue
    }
    const source = model.buffer.doc.line(number)
    const bad = wrong.has(number)
    const mark: Row = [
      span(String(number).padStart(gutter - 2), bad ? { tone: 'bad', bold: true } : number === line + 1 ? 'accent' : 'faint'),
      span(bad ? '! ' : '  ', { tone: 'bad', bold: true }),
    ]
    let row = visible(rows[number - 1] ?? [])
    if (!main.empty && main.from <= source.to && main.to >= source.from) {
      const from = cellColumn(source.text, Math.max(0, main.from - source.from))
      const past = main.to > source.to ? 1 : 0
      row = selected(row, from, cellColumn(source.text, Math.min(source.length, main.to - source.from)) + past, 0)
    }
    out.push([...mark, ...sliceRow(row, scroll.left, scroll.left + room)])
  }
  return { rows: out, scroll, cursor: { x: gutter + x - scroll.left, y: line - scroll.top } }
}

/** The whole editor screen in `width` × `height`. */
export const editorView = (model: EditorModel, texts: Texts, width: number, height: number, before: EditorScroll): EditorView => {
  const problems = problemsOf(model)
  const { line, column } = cursorOf(model.buffer)
  const textHeight = editorPageRows(height)
  const main = body(model, problems, width, textHeight, before)
  const dirty = isDirty(model) ? [span(`  ${texts.editor.modified}`, 'warn')] : []
  const title = spread(
    [span(` ${texts.editor.title} `, 'faint'), span(safeLine(model.path), { bold: true }), ...dirty],
    [span(`${texts.editor.line(line + 1, column + 1)} `, 'faint')],
    width,
  )
  const label = model.mode === 'find' ? texts.editor.find : texts.editor.goto
  const field = model.mode === 'find' || model.mode === 'goto'
  const status: Row = field
    ? [span(`${label}: `, { tone: 'accent', bold: true }), span(model.field.text)]
    : statusRow(model, problems, texts, texts.answers)
  return {
    rows: [title, ...main.rows, truncate([span(' '), ...status], width), ...helpRows(texts, width)],
    scroll: main.scroll,
    cursor: field
      ? { x: 1 + cells(`${label}: `) + cells(model.field.text.slice(0, model.field.cursor)), y: textHeight + 1 }
      : { x: main.cursor.x, y: main.cursor.y + 1 },
  }
}
