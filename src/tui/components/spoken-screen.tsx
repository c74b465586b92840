// The game for screen readers: what happens is said once, line by line, and only the line being typed is live.
import { Box, Static, Text } from 'ink'
import { useRef } from 'react'
import { cursorOf } from '../editor/buffer.ts'
import { problemsOf } from '../editor/editor-problems.ts'
import type { Game } from '../game/game.ts'
import type { Lobby } from '../game/lobby.ts'
import type { Play } from '../game/play.ts'
import type { OutputLine, Scrollback } from '../panes/scrollback.ts'
import { rowText } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import { overlayContent } from './play-screen.tsx'

/** Lines said so far: grows only; an emptied terminal just starts anew below. */
const useTranscript = (scrollback: Scrollback): string[] => {
  const said = useRef<{ lines: string[]; last: OutputLine | undefined }>({ lines: [], last: undefined })
  const closed = scrollback.open ? scrollback.lines.slice(0, -1) : scrollback.lines
  const { last } = said.current
  const from = last ? closed.lastIndexOf(last) + 1 : 0
  const fresh = closed.slice(from).map((line) => rowText(line.row))
  if (fresh.length > 0) said.current = { lines: [...said.current.lines, ...fresh], last: closed.at(-1) }
  return said.current.lines
}

const EditorLine = ({ play }: { play: Play }) => {
  const editor = play.editor!
  const { texts } = play
  const { line } = cursorOf(editor.buffer)
  const problem = problemsOf(editor).find((one) => one.line === undefined || one.line === line + 1)
  const asking = editor.mode === 'confirm' ? texts.editor.confirm(texts.answers.yes, texts.answers.no) : ''
  return (
    <Box flexDirection="column">
      <Text>{`${texts.editor.title} ${editor.path}, ${texts.spoken.line} ${texts.spoken.of(line + 1, editor.buffer.doc.lines)}`}</Text>
      {problem && <Text>{problem.message}</Text>}
      {asking !== '' && <Text>{asking}</Text>}
      <Box aria-role="textbox" aria-state={{ multiline: true }}>
        <Text>{editor.mode === 'edit' ? editor.buffer.doc.line(line + 1).text : editor.field.text}</Text>
      </Box>
    </Box>
  )
}

const PlayLine = ({ play, game }: { play: Play; game: Game }) => {
  const { texts } = play
  if (play.editor) return <EditorLine play={play} />
  if (play.overlay) {
    const debrief = play.overlay.kind === 'debrief' ? game.options.world.debrief() : undefined
    const content = overlayContent(play, play.overlay, debrief, 10_000)
    return <Text>{[content.title, ...content.rows.map(rowText), content.foot].filter((line) => line.trim() !== '').join('\n')}</Text>
  }
  const list = play.prompt.list
  const chosen = list && list.chosen >= 0 ? list.candidates[list.chosen]?.text : undefined
  const label =
    play.command.status === 'running' ? texts.play.running : play.command.status === 'input' ? play.command.label : play.frame.promptLabel
  return (
    <Box flexDirection="column">
      {list && (
        <Text>
          {chosen ??
            `${texts.spoken.completions(list.candidates.length)}: ${list.candidates
              .slice(0, 20)
              .map((candidate) => candidate.text)
              .join(' ')}`}
        </Text>
      )}
      <Box aria-role="textbox">
        <Text>{`${label}${play.prompt.line.text}`}</Text>
      </Box>
    </Box>
  )
}

const ListLines = ({ lobby, texts }: { lobby: Lobby; texts: Texts }) => {
  const levels = lobby.shown.flatMap((course) => course.levels)
  const at = levels.findIndex((level) => level.id === lobby.chosenId)
  const level = levels[at]
  const { list } = texts
  if (lobby.overlay)
    return (
      <Text>
        {lobby.overlay === 'restart'
          ? `${list.restartTitle} ${list.restartText} ${texts.confirm(texts.answers.yes, texts.answers.no)}`
          : texts.help.text}
      </Text>
    )
  const facts = level && [list.states[level.state], list.difficultyOf(level.difficulty), list.stars(level.stars, level.maxStars)].join(', ')
  return (
    <Box flexDirection="column">
      <Text>{texts.spoken.listIntro}</Text>
      {lobby.error && <Text>{lobby.error}</Text>}
      {lobby.filter.text !== '' && <Text>{`${list.filter}: ${lobby.filter.text}`}</Text>}
      {level ? (
        <Box aria-role="listitem" aria-state={{ selected: true }}>
          <Text>{`${level.title}, ${texts.spoken.of(at + 1, levels.length)}. ${facts}. ${list.concepts}: ${level.concepts.join(', ')}`}</Text>
        </Box>
      ) : (
        <Text>{list.none}</Text>
      )}
    </Box>
  )
}

const Transcript = ({ play, game }: { play: Play; game: Game }) => {
  const lines = useTranscript(play.scrollback)
  return (
    <Box flexDirection="column">
      <Static items={lines}>{(line, index) => <Text key={index}>{line === '' ? ' ' : line}</Text>}</Static>
      <PlayLine play={play} game={game} />
    </Box>
  )
}

export const SpokenScreen = ({ game }: { game: Game; version: number }) =>
  game.play ? <Transcript play={game.play} game={game} /> : <ListLines lobby={game.lobby} texts={game.options.texts} />
