// Markdown (briefs, hints, debriefs) into wrapped rows of spans: marked's lexer gives the tokens, the drawing is ours so that widths and NO_COLOR work.
import { lexer, type Token, type Tokens } from 'marked'
import { safeText } from '../../lib/safe-text.ts'
import { cells, expandTabs, hardWrap, type Row, type Span, span, wrapRow } from './spans.ts'

type Style = Omit<Span, 'text'>

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
const plain = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]!)

const inline = (tokens: Token[] | undefined, style: Style): Row => (tokens ?? []).flatMap((token) => inlineToken(token, style))

const inlineToken = (token: Token, style: Style): Row => {
  switch (token.type) {
    case 'strong':
      return inline(token.tokens, { ...style, bold: true })
    case 'em':
      return inline(token.tokens, { ...style, italic: true })
    case 'codespan':
      return [span(plain(token.text), { ...style, tone: 'code' })]
    case 'link': {
      const link = token as Tokens.Link
      const label = inline(link.tokens, { ...style, underline: true })
      return link.text === link.href ? label : [...label, span(` (${link.href})`, 'faint')]
    }
    case 'br':
      return [span('\n', style)]
    case 'text':
    case 'escape':
      if ('tokens' in token && token.tokens) return inline(token.tokens, style)
      return [span(plain(token.text), style)]
    default:
      return [span('text' in token ? String(token.text) : token.raw, style)]
  }
}

/** Splits at hard breaks; a single newline in the source is a blank. */
const paragraph = (row: Row, width: number, indent = 0): Row[] => {
  const lines: Row[] = [[]]
  for (const part of row) {
    if (part.text === '\n') lines.push([])
    else lines.at(-1)!.push({ ...part, text: part.text.replace(/\n/g, ' ') })
  }
  return lines.flatMap((line) => wrapRow(line, width, indent))
}

const indented = (rows: Row[], first: Span, rest: Span): Row[] => rows.map((row, index) => [index === 0 ? first : rest, ...row])

const list = (token: Tokens.List, width: number): Row[] =>
  token.items.flatMap((item, index) => {
    const box = item.task ? (item.checked ? '[x] ' : '[ ] ') : ''
    const mark = (token.ordered ? `${Number(token.start || 1) + index}. ` : '• ') + box
    const rows = blocks(item.tokens, width - mark.length, !item.loose)
    return indented(rows, span(mark, 'accent'), span(' '.repeat(mark.length)))
  })

const table = (token: Tokens.Table, width: number): Row[] => {
  const lines = [token.header, ...token.rows].map((line, index) =>
    line.map((cell) => inline(cell.tokens, index === 0 ? { bold: true } : {})),
  )
  const widths = token.header.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? []).reduce((sum, part) => sum + cells(part.text), 0))),
  )
  return lines.map((line) => {
    const row = line.flatMap((cell, column) => {
      const used = cell.reduce((sum, part) => sum + cells(part.text), 0)
      return [...cell, span(' '.repeat(Math.max(0, widths[column]! - used) + 2))]
    })
    return hardWrap(row, width)[0]!
  })
}

const codeBlock = (text: string, width: number): Row[] =>
  text.split('\n').flatMap((line) => hardWrap([span(expandTabs(line), 'code')], Math.max(1, width - 2)).map((row) => [span('  '), ...row]))

const block = (token: Token, width: number): Row[] => {
  switch (token.type) {
    case 'heading':
      return paragraph(inline(token.tokens, { tone: 'heading', bold: true }), width)
    case 'paragraph':
    case 'text':
      return paragraph('tokens' in token && token.tokens ? inline(token.tokens, {}) : [span(plain(token['text']))], width)
    case 'code':
      return codeBlock(token['text'], width)
    case 'list':
      return list(token as Tokens.List, width)
    case 'blockquote':
      return blocks(token.tokens ?? [], width - 2, false).map((row) => [span('│ ', 'frame'), ...row])
    case 'hr':
      return [[span('─'.repeat(Math.min(width, 40)), 'frame')]]
    case 'table':
      return table(token as Tokens.Table, width)
    default:
      return paragraph([span(token.raw.trim())], width)
  }
}

const blocks = (tokens: Token[], width: number, tight: boolean): Row[] => {
  const rows: Row[] = []
  for (const token of tokens) {
    if (token.type === 'space' || token.type === 'def') continue
    if (rows.length > 0 && !tight) rows.push([])
    rows.push(...block(token, Math.max(8, width)))
  }
  return rows
}

const kept = new Map<string, Row[]>()

/** Rows of at most `width` cells. Never throws; HTML is shown as it stands. */
export const markdownRows = (source: string, width: number): Row[] => {
  const key = `${width}:${source}`
  const known = kept.get(key)
  if (known) return known
  if (kept.size > 50) kept.clear()
  const rows = blocks(lexer(safeText(source)), width, false)
  kept.set(key, rows)
  return rows
}
