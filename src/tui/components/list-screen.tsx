// The level list on the whole screen.
import type { Lobby } from '../game/lobby.ts'
import { type ListLayout, layoutList, layoutOverlay } from '../layout.ts'
import { footerRow } from '../panes/bars.ts'
import { frameRows, innerSize, windowOf } from '../panes/frame.ts'
import { detailRows, listRows } from '../panes/level-list.ts'
import { overlayRows } from '../panes/overlay.ts'
import { markdownRows } from '../text/markdown.ts'
import { cells, type Row, span, spread } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { LevelSummary } from '../world.ts'
import { type ScreenProps, TooSmall } from './play-screen.tsx'
import { Rows, Whole } from './rows.tsx'
import { usePlacedCursor } from './screen-context.tsx'

const enterLabel = (level: LevelSummary | undefined, texts: Texts): string =>
  level?.resumable ? texts.list.enter.resume : level?.state === 'done' ? texts.list.enter.again : texts.list.enter.start

const header = (lobby: Lobby, texts: Texts, width: number): Row => {
  const levels = lobby.courses.flatMap((course) => course.levels)
  const done = levels.filter((level) => level.state === 'done').length
  return spread(
    [span(' ⎈ ', { tone: 'accent', bold: true }), span(texts.appName, { bold: true })],
    [span(`${texts.list.progress(done, levels.length)} `, 'faint')],
    width,
  )
}

const keysOf = (lobby: Lobby, texts: Texts): [string, string][] => [
  ['↑↓', texts.list.keys.move],
  ['Enter', enterLabel(lobby.chosen, texts)],
  ...(lobby.chosen?.resumable ? [['^R', texts.list.keys.restart] as [string, string]] : []),
  ['PgDn', texts.list.keys.scroll],
  ['F1', texts.list.keys.help],
  ['F10', texts.list.keys.quit],
]

const overlayOf = (lobby: Lobby, texts: Texts, columns: number, rows: number) => {
  if (!lobby.overlay) return undefined
  const restart = lobby.overlay === 'restart'
  const content = {
    title: restart ? texts.list.restartTitle : texts.help.title,
    rows: markdownRows(restart ? texts.list.restartText : texts.help.text, Math.min(columns - 4, 76) - 4),
    foot: restart ? texts.confirm(texts.answers.yes, texts.answers.no) : texts.scroll,
  }
  const at = layoutOverlay(columns, rows, content.rows.length)
  const drawn = overlayRows(content, at.width, at.height, lobby.overlayTop)
  lobby.overlayTop = drawn.top
  return { rows: drawn.rows, at }
}

export const ListScreen = ({ lobby, texts, columns, rows }: ScreenProps & { lobby: Lobby; texts: Texts }) => {
  const layout = layoutList(columns, rows)
  if (layout.mode === 'tooSmall') return <TooSmall text={texts.tooSmall(columns, rows)} columns={columns} rows={rows} />
  return <Listing lobby={lobby} texts={texts} columns={columns} rows={rows} layout={layout} />
}

const Listing = ({
  lobby,
  texts,
  columns,
  rows,
  layout,
}: {
  lobby: Lobby
  texts: Texts
  columns: number
  rows: number
  layout: ListLayout
}) => {
  const inner = innerSize(layout.list.width, layout.list.height, true)
  const filterLabel = `${texts.list.filter}: `
  const filterRow: Row = [
    span(filterLabel, 'faint'),
    lobby.filter.text === '' ? span(texts.list.filterHint, 'faint') : span(lobby.filter.text),
  ]
  const all = listRows(lobby.shown, lobby.chosenId, texts, inner.width)
  const room = inner.height - 2
  const seen = windowOf(all.rows, all.chosenRow - Math.floor(room / 2), room)
  const list = frameRows([filterRow, [], ...seen.rows], layout.list.width, layout.list.height, {
    title: texts.list.title,
    note: seen.note,
    focused: true,
    sides: true,
  })
  const detailInner = innerSize(layout.detail.width, layout.detail.height, true)
  lobby.pageRows = Math.max(1, detailInner.height - 2)
  const titles = new Map(lobby.courses.flatMap((course) => course.levels.map((level) => [level.id, level.title] as [string, string])))
  const about = lobby.chosen
    ? detailRows(lobby.chosen, titles, texts, detailInner.width)
    : [[span(lobby.courses.length === 0 ? texts.list.empty : '', 'faint')]]
  const told = lobby.error ? [...markdownRows(`**${texts.list.openFailed}**\n\n${lobby.error}`, detailInner.width), []] : []
  const detail = windowOf([...told, ...about], lobby.detailTop, detailInner.height)
  lobby.detailTop = detail.top
  const overlay = overlayOf(lobby, texts, columns, rows)
  usePlacedCursor(overlay ? undefined : { x: 2 + cells(filterLabel) + cells(lobby.filter.text.slice(0, lobby.filter.cursor)), y: 2 })
  return (
    <Whole width={columns} height={layout.height}>
      <Rows rows={[header(lobby, texts, columns)]} at={layout.header} />
      <Rows rows={list} at={layout.list} />
      <Rows
        rows={frameRows(detail.rows, layout.detail.width, layout.detail.height, {
          title: texts.panes.brief,
          note: detail.note,
          sides: true,
        })}
        at={layout.detail}
      />
      <Rows rows={[footerRow(keysOf(lobby, texts), columns)]} at={layout.footer} />
      {overlay && <Rows rows={overlay.rows} at={overlay.at} over />}
    </Whole>
  )
}
