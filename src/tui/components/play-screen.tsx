// The play screen: header, panes, terminal with prompt, keys; overlays and the editor over it.
import { editorView } from '../editor/view.ts'
import { MENU } from '../game/actions.ts'
import type { Play } from '../game/play.ts'
import type { Overlay } from '../game/play-types.ts'
import { layoutOverlay, layoutPlay, type PaneName, type PlayLayout, type Rect } from '../layout.ts'
import { footerRow, headerRow, playKeys } from '../panes/bars.ts'
import { clusterRows } from '../panes/cluster.ts'
import { eventRows } from '../panes/events.ts'
import { frameRows, innerSize, starsRow, windowOf } from '../panes/frame.ts'
import { goalsRows } from '../panes/goals.ts'
import { overlayRows } from '../panes/overlay.ts'
import { promptRows } from '../panes/prompt-view.ts'
import { tail } from '../panes/scrollback.ts'
import { markdownRows } from '../text/markdown.ts'
import { type Row, span } from '../text/spans.ts'
import type { Debrief } from '../world.ts'
import { Rows, Whole } from './rows.tsx'
import { usePlacedCursor } from './screen-context.tsx'

interface Drawn {
  rows: Row[]
  cursor?: { x: number; y: number }
}

const paneContent = (play: Play, pane: PaneName, width: number, height: number): { rows: Row[]; note: string | undefined } => {
  const { frame, texts } = play
  if (pane === 'events') {
    const rows = eventRows(frame.events, texts, width, height, play.scroll.events)
    return { rows, note: play.scroll.events > 0 ? '↕' : undefined }
  }
  const all =
    pane === 'brief'
      ? markdownRows(frame.brief, width)
      : pane === 'goals'
        ? fittingGoals(play, width, height)
        : clusterRows(frame, texts, width, height)
  const seen = windowOf(all, play.scroll[pane], height)
  if (seen.top !== play.scroll[pane]) play.scroll = { ...play.scroll, [pane]: seen.top }
  return { rows: seen.rows, note: seen.note }
}

/** With reasons where there is room or the player reads; without them otherwise. */
const fittingGoals = (play: Play, width: number, height: number): Row[] => {
  const full = goalsRows(play.frame, play.texts, width, true)
  return full.length <= height || play.focus === 'goals' ? full : goalsRows(play.frame, play.texts, width, false)
}

const drawPane = (play: Play, pane: PaneName, at: Rect, framed: boolean): Row[] => {
  const inner = innerSize(at.width, at.height, framed)
  const { rows, note } = paneContent(play, pane, inner.width, inner.height)
  const key = { brief: 'F2', cluster: 'F3', events: 'F4', goals: 'F11' }[pane]
  const focused = play.focus === pane
  const told = focused ? play.texts.scroll : [note, key].filter(Boolean).join(' ')
  return frameRows(rows, at.width, at.height, { title: play.texts.panes[pane], note: told, focused, sides: framed })
}

/** The terminal: output above, the prompt right below it, both moving up as they grow. */
const drawTerminal = (play: Play, at: Rect, framed: boolean): Drawn => {
  const inner = innerSize(at.width, at.height, framed)
  const { texts } = play
  const label = play.command.status === 'running' ? '' : play.command.status === 'input' ? play.command.label : play.frame.promptLabel
  const prompt = promptRows(play.prompt, label, texts, inner.width)
  const first = Math.max(0, Math.min(prompt.cursor.y - inner.height + 2, prompt.rows.length - inner.height))
  const shown = prompt.rows.slice(first, first + inner.height)
  const room = inner.height - shown.length
  const output = tail(play.scrollback, inner.width, play.up > 0 ? inner.height : room, play.up)
  play.up = output.hidden
  const rows = play.up > 0 ? output.rows : [...output.rows, ...shown]
  const note =
    play.up > 0
      ? texts.play.above(play.up)
      : play.queue.length > 0
        ? texts.play.queued(play.queue.length)
        : play.command.status === 'running'
          ? play.paused
            ? texts.play.runningPaused
            : texts.play.running
          : undefined
  const inset = framed ? 2 : 1
  const frame = frameRows(rows, at.width, at.height, {
    title: texts.panes.terminal,
    note,
    focused: play.focus === undefined && framed,
    sides: framed,
  })
  if (play.up > 0) return { rows: frame }
  return { rows: frame, cursor: { x: at.x + inset + prompt.cursor.x, y: at.y + 1 + output.rows.length + prompt.cursor.y - first } }
}

const hintRows = (play: Play, width: number): Row[] => {
  const { frame, texts } = play
  const taken = frame.hintsTaken.flatMap((hint, index): Row[] => [
    [
      span(`${index + 1}. `, { tone: 'accent', bold: true }),
      span(hint.cost === 0 ? texts.hints.free : texts.hints.cost(hint.cost), 'faint'),
    ],
    ...markdownRows(hint.text, width - 3).map((row): Row => [span('   '), ...row]),
    [],
  ])
  const left = frame.hintsLeft > 0 ? texts.hints.left(frame.hintsLeft) : texts.hints.none
  return [...(taken.length > 0 ? taken : [[span(texts.hints.empty, 'faint')], []]), [span(left, 'faint')]]
}

const debriefRows = (debrief: Debrief | undefined, play: Play, width: number): Row[] => {
  if (!debrief) return []
  const score = debrief.maxScore > 0 ? [span(`    ${play.texts.debrief.score} ${debrief.score}/${debrief.maxScore}`)] : []
  return [[...starsRow(debrief.stars, debrief.maxStars), ...score], [], ...markdownRows(debrief.text, width)]
}

const menuRows = (chosen: number, play: Play): Row[] =>
  MENU.map(({ action, key }, index) => {
    const on = index === chosen
    const label = play.texts.actions[action as keyof typeof play.texts.actions]
    return [
      span(on ? '❯ ' : '  ', { tone: 'accent', bold: true }),
      span(label.padEnd(24), on ? { bold: true, tone: 'accent' } : {}),
      span(key, 'faint'),
    ]
  })

/** What an overlay holds; also for the screen reader. */
export const overlayContent = (
  play: Play,
  overlay: Overlay,
  debrief: Debrief | undefined,
  width: number,
): { title: string; rows: Row[]; foot: string } => {
  const { texts, frame } = play
  switch (overlay.kind) {
    case 'help':
      return { title: texts.help.title, rows: markdownRows(texts.help.text, width), foot: texts.scroll }
    case 'hints': {
      const cost = frame.nextHintCost === 0 ? texts.hints.free : texts.hints.cost(frame.nextHintCost)
      const foot = frame.hintsLeft > 0 ? `${texts.hints.next(cost)} · ${texts.hints.close}` : texts.hints.close
      return { title: texts.hints.title, rows: hintRows(play, width), foot }
    }
    case 'debrief':
      return {
        title: frame.passed ? texts.debrief.title : texts.debrief.over,
        rows: debriefRows(debrief, play, width),
        foot: texts.debrief.next,
      }
    case 'quit': {
      const { answers } = texts.quit
      const choice = (key: string, label: string): Row => [span(`  ${key.padEnd(3)}`, { bold: true, tone: 'accent' }), span(`  ${label}`)]
      const rows = [
        ...markdownRows(texts.quit.text, width),
        [],
        choice(answers.list, texts.quit.toList),
        choice(answers.quit, texts.quit.quit),
        choice('Esc', texts.quit.stay),
      ]
      return { title: texts.quit.title, rows, foot: '' }
    }
    case 'menu':
      return { title: texts.menuTitle, rows: menuRows(overlay.chosen, play), foot: '↑↓ Enter · Esc' }
  }
}

const OverlayBox = ({
  play,
  overlay,
  debrief,
  columns,
  rows,
}: {
  play: Play
  overlay: Overlay
  debrief: Debrief | undefined
  columns: number
  rows: number
}) => {
  const wide = overlay.kind === 'menu' || overlay.kind === 'quit' ? 44 : 76
  const content = overlayContent(play, overlay, debrief, Math.min(columns - 4, wide) - 4)
  const at = layoutOverlay(columns, rows, content.rows.length, wide)
  const drawn = overlayRows(content, at.width, at.height, overlay.top)
  overlay.top = drawn.top
  return <Rows rows={drawn.rows} at={at} over />
}

const layoutFor = (play: Play, columns: number, rows: number): PlayLayout => {
  const goalRows = goalsRows(play.frame, play.texts, 56, true).length
  const layout = layoutPlay(columns, rows, { tab: play.tab, focus: play.focus, goalRows })
  play.height = layout.height
  play.pageRows = Math.max(1, (play.focus ? (layout.panes[play.focus]?.height ?? 10) : layout.terminal.height) - 3)
  return layout
}

export interface ScreenProps {
  columns: number
  rows: number
  /** Changes whenever something may have to be drawn anew. */
  version: number
}

/** One level on the whole screen. `debrief` is asked for only while it is shown. */
export const PlayScreen = (props: ScreenProps & { play: Play; debrief(): Debrief | undefined }) => {
  const { play, columns, rows } = props
  const layout = layoutFor(play, columns, rows)
  if (layout.mode === 'tooSmall') return <TooSmall text={play.texts.tooSmall(columns, rows)} columns={columns} rows={rows} />
  return play.editor ? <Editing play={play} columns={columns} height={layout.height} /> : <Playing {...props} layout={layout} />
}

const Editing = ({ play, columns, height }: { play: Play; columns: number; height: number }) => {
  const view = editorView(play.editor!, play.texts, columns, height, play.editorScroll)
  play.editorScroll = view.scroll
  usePlacedCursor(view.cursor)
  return (
    <Whole width={columns} height={height}>
      <Rows rows={view.rows} at={{ x: 0, y: 0, width: columns, height }} />
    </Whole>
  )
}

const Playing = ({
  play,
  debrief,
  columns,
  rows,
  layout,
}: ScreenProps & { play: Play; debrief(): Debrief | undefined; layout: PlayLayout }) => {
  const terminal = drawTerminal(play, layout.terminal, layout.framed)
  usePlacedCursor(play.overlay || play.focus ? undefined : terminal.cursor)
  const header = headerRow(play.frame, { clockMs: play.clockMs, speed: play.speed, frozen: play.frozen }, play.texts, columns)
  return (
    <Whole width={columns} height={layout.height}>
      <Rows rows={[header]} at={layout.header} />
      {(Object.entries(layout.panes) as [PaneName, Rect][]).map(([pane, at]) => (
        <Rows key={pane} rows={drawPane(play, pane, at, layout.framed)} at={at} />
      ))}
      <Rows rows={terminal.rows} at={layout.terminal} />
      <Rows rows={[footerRow(playKeys(play.texts, play.speed, play.paused), columns)]} at={layout.footer} />
      {play.overlay && (
        <OverlayBox
          play={play}
          overlay={play.overlay}
          debrief={play.overlay.kind === 'debrief' ? debrief() : undefined}
          columns={columns}
          rows={rows}
        />
      )}
    </Whole>
  )
}

export const TooSmall = ({ text, columns, rows }: { text: string; columns: number; rows: number }) => {
  usePlacedCursor(undefined)
  return (
    <Whole width={columns} height={Math.max(1, rows - 1)}>
      <Rows rows={markdownRows(text, Math.max(1, columns))} at={{ x: 0, y: 0, width: columns, height: Math.max(1, rows - 1) }} />
    </Whole>
  )
}
