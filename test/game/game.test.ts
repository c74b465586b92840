/** The game behind its screens: playing, leaving, coming back, crashing; replay equals live. */
import { describe, expect, test } from 'vitest'
import { playAll } from '../../src/game/save.ts'
import { MemoryShelf } from '../../src/game/shelf.ts'
import { parseJournal } from '../../src/session/journal.ts'
import { edit, FIRST, fixtureCatalogue, newGame, textOf, type } from './play-fixture.ts'

const FIX = `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'`
const SAVE = `saves/${FIRST}.jsonl`

const opened = (shelf?: MemoryShelf, lang: 'en' | 'es' = 'en') => {
  const made = newGame(shelf, lang)
  const open = made.game.open(FIRST, { fresh: false })
  if (!open.ok) throw new Error(open.error)
  return { ...made, open }
}

describe('playing', () => {
  test('a level is solved by typing', () => {
    const { game } = opened()
    const before = game.snapshot()
    expect(before).toMatchObject({
      levelTitle: 'A Service that finds its pods',
      passed: false,
      score: 0,
      maxScore: 4,
      stars: 0,
      promptLabel: '~ $ ',
      canUndo: false,
    })
    expect(before.objectives.map((o) => [o.id, o.status])).toEqual([
      ['endpoints', 'pending'],
      ['replicas', 'pass'],
    ])
    expect(before.nodes.flatMap((n) => n.pods).map((p) => [p.app, p.health])).toEqual([
      ['web', 'ok'],
      ['web', 'ok'],
    ])
    expect(type(game, FIX)).toBe('service/web patched\n')
    game.advance(2_000)
    expect(type(game, 'answer color B')).toContain('Noted')
    const after = game.snapshot()
    expect(after).toMatchObject({ passed: true, over: true, score: 4, stars: 3, canUndo: true, commands: 2 })
    expect(after.questions).toEqual([
      { id: 'color', text: 'What does a Service match on?', choices: ['a: names', 'b: labels'], answered: 'b' },
    ])
    expect(game.debrief()).toMatchObject({ text: 'Labels, not names.\n', stars: 3, score: 4 })
    game.close()
  })

  test('the frame stays the same object while nothing that shows has changed', () => {
    const { game } = opened()
    const frame = game.snapshot()
    game.advance(5_000)
    expect(game.snapshot().nodes).toBe(frame.nodes)
    expect(game.snapshot().objectives).toBe(frame.objectives)
  })

  test('undo takes back the command and what it did', () => {
    const { game } = opened()
    type(game, FIX)
    game.advance(2_000)
    expect(game.snapshot().objectives[0]!.status).toBe('pass')
    expect(textOf(game.undo())).toContain('Undone: kubectl patch')
    expect(game.snapshot()).toMatchObject({ commands: 0, canUndo: false })
    game.advance(2_000)
    expect(game.snapshot().objectives[0]!.status).toBe('pending')
    expect(textOf(game.submitCommand('undo'))).toContain('nothing to undo')
  })

  test('hints: the first is free, one with `when` is told only in its state, and they cost stars', () => {
    const { game } = opened()
    expect(game.snapshot()).toMatchObject({ hintsLeft: 2, nextHintCost: 0 })
    expect(game.hint()).toEqual({ text: 'Compare the selector with the labels.', cost: 0 })
    expect(game.snapshot().nextHintCost).toBe(1)
    expect(game.hint()).toMatchObject({ cost: 1 })
    expect(game.hint()).toBeUndefined()
    type(game, `${FIX}; answer color b`)
    game.advance(2_000)
    expect(game.snapshot()).toMatchObject({ passed: true, stars: 2, hintsTaken: [{ cost: 0 }, { cost: 1 }] })
  })

  test('skip goes to what happens next', () => {
    const { game } = opened()
    game.submitCommand('kubectl scale deployment web --replicas=3')
    const skipped = game.skipToNextEvent()
    expect(skipped.skippedMs).toBeGreaterThan(0)
    expect(skipped.skippedMs).toBeLessThan(60_000)
    expect(skipped.event).toBeTruthy()
  })

  test('Ctrl-C stops a command that never ends', () => {
    const { game } = opened()
    expect(game.submitCommand('kubectl get pods -w').command.status).toBe('running')
    expect(game.advance(10_000).command.status).toBe('running')
    expect(game.interrupt().command).toEqual({ status: 'idle', exitCode: 130 })
  })

  test('an endless loop is stopped and said so', () => {
    const { game } = opened()
    const step = game.submitCommand('while :; do :; done')
    expect(textOf(step)).toContain('limit reached')
    expect(step.command.status).toBe('idle')
    expect(type(game, 'echo on')).toBe('on\n')
  })

  test('kubectl edit opens the editor, and again with what the API refuses', () => {
    const { game } = opened()
    const first = edit(game, 'EDITOR=vi kubectl edit service web')
    expect(first).toMatchObject({ program: 'kubectl edit', language: 'yaml', problems: [] })
    let step = game.answerEdit({ action: 'close', text: first.text.replace('port: 80', 'port: 99999') })
    if (step.command.status !== 'edit') throw new Error(textOf(step))
    expect(step.command.edit.id).not.toBe(first.id)
    expect(step.command.edit.problems[0]!.message).toContain('spec.ports[0].port: Invalid value: 99999')
    step = game.answerEdit({ action: 'close', text: first.text.replace('wbe', 'web') })
    expect(step.command.status).toBe('idle')
    expect(textOf(step)).toContain('service/web edited')
    game.advance(2_000)
    expect(game.snapshot().objectives[0]!.status).toBe('pass')
  })

  test('leaving the editor without saving changes nothing and is no error', () => {
    const { game } = opened()
    edit(game, 'EDITOR=vi kubectl edit service web')
    const step = game.answerEdit({ action: 'cancel' })
    expect(textOf(step)).toBe('Edit cancelled, no changes made.\n')
    expect(step.command).toEqual({ status: 'idle', exitCode: 0 })
  })

  test('vi edits a file; saving without leaving keeps it', () => {
    const { game } = opened()
    const request = edit(game, 'vi notes.txt')
    expect(request).toMatchObject({ program: 'vi', text: '', language: 'text' })
    expect(game.answerEdit({ action: 'save', text: 'one\n' }).command).toMatchObject({ status: 'edit', edit: { id: request.id } })
    expect(game.answerEdit({ action: 'cancel' }).command.status).toBe('idle')
    expect(type(game, 'cat notes.txt')).toBe('one\n')
  })

  test('reset asks first, then begins anew', () => {
    const { game, shelf } = opened()
    type(game, FIX)
    expect(textOf(game.submitCommand('reset'))).toContain('reset --yes')
    game.submitCommand('reset --yes')
    expect(game.snapshot()).toMatchObject({ commands: 0, canUndo: false })
    expect(game.snapshot().objectives[0]!.status).toBe('pending')
    expect(shelf.texts.get(`${SAVE}.old`)).toContain('kubectl patch')
  })

  test('Spanish', () => {
    const { game } = opened(undefined, 'es')
    expect(game.snapshot()).toMatchObject({ levelTitle: 'Un Service que encuentra sus pods' })
    expect(game.snapshot().objectives[0]!.title).toBe('El Service tiene dos endpoints')
    expect(game.hint()!.text).toBe('Compara el selector con las etiquetas.')
    expect(type(game, 'check')).toContain('Puntuación 0 de 4.')
  })
})

describe('leaving and coming back', () => {
  test('an attempt goes on where it was: state, clock, history, what was half typed', () => {
    const first = opened()
    type(first.game, FIX)
    type(first.game, 'echo hello > note')
    first.game.hint()
    first.game.keepDraft({ prompt: 'kubectl get po' })
    first.game.advance(3_000)
    const before = first.game.snapshot()
    const clock = first.game.clockMs()
    first.game.close()
    const again = opened(first.shelf)
    expect(again.game.clockMs()).toBe(clock)
    expect(again.open).toMatchObject({ history: [FIX, 'echo hello > note'], draft: { prompt: 'kubectl get po' } })
    if (again.open.ok) expect(again.open.scrollback.map((c) => c.text).join('')).toContain('service/web patched')
    const after = again.game.snapshot()
    expect(after.nodes).toEqual(before.nodes)
    expect(after.events).toEqual(before.events)
    expect(after.objectives).toEqual(before.objectives)
    expect(after.hintsTaken).toEqual(before.hintsTaken)
    expect(type(again.game, 'cat note')).toBe('hello\n')
  })

  test('a crash loses nothing that was handed over, nor a running command', () => {
    const first = opened()
    type(first.game, FIX)
    first.game.submitCommand('sleep 100')
    const again = opened(first.shelf)
    expect(again.open.ok && again.open.step.command.status).toBe('running')
    expect(again.game.snapshot().commands).toBe(2)
  })

  test.each([
    ['a last line cut in half', (text: string) => `${text}{"type":"input","at":99`],
    ['a last line without its end', (text: string) => text.trimEnd()],
  ])('%s is forgiven', (_name, damage) => {
    const first = opened()
    type(first.game, FIX)
    type(first.game, 'echo two')
    first.shelf.texts.set(SAVE, damage(first.shelf.texts.get(SAVE)!))
    const again = opened(first.shelf)
    expect(again.game.snapshot().commands).toBeGreaterThanOrEqual(1)
    type(again.game, 'echo three')
    expect(parseJournal(first.shelf.texts.get(SAVE)!).records.at(-1)).toMatchObject({ type: 'input', text: 'echo three' })
  })

  test('a save that is no journal is put aside and said so', () => {
    const shelf = new MemoryShelf()
    shelf.texts.set(SAVE, 'not a journal\n')
    const { open } = opened(shelf)
    expect(open.ok && textOf(open.step)).toContain('could not be read')
    expect(shelf.texts.get(`${SAVE}.old`)).toBe('not a journal\n')
  })

  test('progress is kept and shown in the list', () => {
    const { game, shelf } = opened()
    type(game, `${FIX}; answer color b`)
    game.advance(2_000)
    game.close()
    expect(JSON.parse(shelf.texts.get('progress.json')!)).toMatchObject({ levels: { [FIRST]: { done: true, stars: 3, score: 4 } } })
  })

  test('a progress file of another time is left alone', () => {
    const shelf = new MemoryShelf()
    shelf.texts.set('progress.json', '{"format":"clusterlab/progress/v9"}')
    const { game } = opened(shelf)
    type(game, `${FIX}; answer color b`)
    game.advance(2_000)
    game.close()
    expect(shelf.texts.get('progress.json')).toBe('{"format":"clusterlab/progress/v9"}')
  })
})

describe('replay', () => {
  test('a game with uneven slices of time replays to the same state', () => {
    const { game, shelf } = opened()
    const slices = [16, 51, 233, 7, 1_049, 500, 3]
    let n = 0
    const slice = (): number => slices[n++ % slices.length]!
    const commands = [
      FIX,
      'kubectl scale deployment web --replicas=4',
      'for i in 1 2 3; do kubectl get pods | wc -l; sleep 2; done',
      'kubectl delete pod -l app=web --wait=false',
      'undo',
      'kubectl rollout status deployment web',
      'vi a.txt',
      'check',
      'answer color a',
    ]
    for (const command of commands) {
      let step = game.submitCommand(command)
      for (let i = 0; i < 400 && step.command.status !== 'idle'; i++) {
        step = step.command.status === 'edit' ? game.answerEdit({ action: 'close', text: 'x: 1\n' }) : game.advance(slice())
      }
      for (let i = 0; i < 5; i++) game.advance(slice())
    }
    game.submitCommand('kubectl get pods -w')
    game.advance(slice())
    game.interrupt()
    game.hint()
    game.advance(slice())
    game.close()
    const journal = parseJournal(shelf.texts.get(SAVE)!)
    const recorded = journal.records.at(-1)!
    if (recorded.type !== 'end') throw new Error('the journal has no end')
    const { attempt, played, problem } = playAll(journal, { level: fixtureCatalogue().level(FIRST), lang: 'en', canEdit: true })
    expect([played, problem]).toEqual([journal.records.length, undefined])
    expect(attempt.session.world.stateHash()).toBe(recorded.stateHash)
  })
})
