// The screens, drawn by Ink at several sizes from the fake world.
import { cleanup, render } from 'ink-testing-library'
import { afterEach, describe, expect, test } from 'vitest'
import { App } from '../../src/tui/components/app.tsx'
import { Game } from '../../src/tui/game/game.ts'
import { decode, initialDecoder } from '../../src/tui/input/decode.ts'
import { type Key, press } from '../../src/tui/input/keys.ts'
import { cells } from '../../src/tui/text/spans.ts'
import { type Lang, textsFor } from '../../src/tui/texts/index.ts'
import { FakeWorld } from './fake-world.ts'

afterEach(cleanup)

interface Started {
  world: FakeWorld
  game: Game
  quit: () => boolean
  frame(): string
  send(...keys: (string | Key)[]): void
  until(text: string): Promise<string>
}

const start = (columns = 80, rows = 24, options: { lang?: Lang; levelId?: string; nodes?: number; spoken?: boolean } = {}): Started => {
  const world = new FakeWorld({ nodes: options.nodes ?? 3 })
  let left = false
  const game = new Game({
    world,
    texts: textsFor(options.lang ?? 'en'),
    spoken: options.spoken ?? false,
    levelId: options.levelId,
    columns,
    rows,
    onQuit: () => {
      left = true
    },
  })
  const ui = render(<App game={game} colours="none" />)
  const frame = () => (ui.lastFrame() ?? '').replace(/\u001b\[[\d;]*m/g, '')
  const until = async (text: string): Promise<string> => {
    for (let turn = 0; turn < 200; turn++) {
      if (frame().includes(text)) return frame()
      await new Promise((resolve) => setImmediate(resolve))
    }
    throw new Error(`never saw ${JSON.stringify(text)} in:\n${frame()}`)
  }
  const send = (...keys: (string | Key)[]) => {
    for (const key of keys) game.keys(typeof key === 'string' ? decode(initialDecoder, key).keys : [key])
  }
  return { world, game, quit: () => left, frame, send, until }
}

const ENTER = '\r'
const LEVEL = 'services/wordpress-reachable'

// ink-testing-library's terminal is 100 columns wide: wider screens are for the end-to-end test.
describe('level list', () => {
  test('shows courses, progress and the chosen level', async () => {
    const ui = start()
    const frame = await ui.until('1 of 4 levels done')
    expect(frame).toContain('❯ ◐ Make WordPress')
    expect(frame).toContain('service, selector, endpoints')
  })

  test('typing filters, Enter opens, quitting comes back to the list', async () => {
    const ui = start()
    ui.send('quota')
    const frame = await ui.until('❯ ● The pod that eats')
    expect(frame).not.toContain('Survive')
    ui.send(ENTER)
    await ui.until('~/shop $')
    ui.send(press('f10'), 'l')
    await ui.until('levels done')
    expect(ui.world.closed).toBe(1)
    ui.send(press('ctrl+c'))
    expect(ui.quit()).toBe(true)
  })

  test('a level that does not open says why', async () => {
    const ui = start(80, 24, { levelId: 'broken/level' })
    await ui.until('broken/level.yaml:3:5')
  })
})

describe('play', () => {
  test.each<[number, number, Lang]>([
    [60, 16, 'en'],
    [80, 24, 'en'],
    [80, 24, 'es'],
    [100, 40, 'es'],
  ])('no line is wider than %i×%i (%s)', async (columns, rows, lang) => {
    const ui = start(columns, rows, { lang, levelId: LEVEL, nodes: 9 })
    await ui.until('$')
    for (const key of [
      'f1',
      'escape',
      'f2',
      'f2',
      'f3',
      'f3',
      'f4',
      'escape',
      'f11',
      'escape',
      'f5',
      'escape',
      'ctrl+g',
      'escape',
      'f10',
      'escape',
    ]) {
      ui.send(press(key))
      await ui.until(' ')
      const lines = ui.frame().split('\n')
      expect(lines.length).toBeLessThanOrEqual(rows - 1)
      for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns)
    }
  })

  test('a command runs, its output shows, the clock starts with it', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.game.tick(5000)
    expect(ui.world.now).toBe(0)
    ui.send('echo hello there', ENTER)
    await ui.until('hello there\n')
    ui.game.tick(1000)
    expect(ui.world.now).toBe(1100)
  })

  test('time stands still while reading, in the editor and in pause; speed multiplies it', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send('echo x', ENTER)
    const passes = (ms: number) => {
      const before = ui.world.now
      ui.game.tick(ms)
      return ui.world.now - before
    }
    expect(passes(100)).toBe(100)
    for (const key of ['f1', 'f2', 'f5', 'f10', 'ctrl+g']) {
      ui.send(press(key))
      expect(passes(100)).toBe(0)
      ui.send(press('escape'))
      expect(passes(100)).toBe(100)
    }
    ui.send(press('f6'))
    expect(passes(100)).toBe(0)
    ui.send(press('f6'), press('f7'))
    expect(passes(100)).toBe(1000)
    ui.send('edit', ENTER)
    expect(passes(100)).toBe(0)
  })

  test('Ctrl-C stops a running command; lines typed meanwhile wait their turn', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send('sleep 100', ENTER, 'echo later', ENTER)
    await ui.until('1 line waiting')
    expect(ui.world.commands).toEqual(['sleep 100'])
    ui.send(press('ctrl+c'))
    await ui.until('^C')
    ui.send('sleep 1', ENTER, 'echo after', ENTER)
    ui.game.tick(2000)
    await ui.until('woke up')
    expect(ui.world.commands).toEqual(['sleep 100', 'sleep 1', 'echo after'])
  })

  test('a program that reads gets the line', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send('read', ENTER)
    await ui.until('name? ')
    ui.send('Ana', ENTER)
    await ui.until('hello Ana')
  })

  test('edit: the API refuses, shows where, and takes the mended text', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send('edit', ENTER)
    await ui.until('Editing service.yaml')
    ui.send(press('down'), press('end'), press('ctrl+w'), 'Nonsense', press('ctrl+x'))
    await ui.until('line 2: no matches for kind')
    ui.send(press('end'), press('ctrl+w'), 'Service', press('ctrl+x'))
    await ui.until('service.yaml edited')
    expect(ui.world.files.get('service.yaml')).toContain('kind: Service\n')
  })

  test('what is typed is kept as a draft and comes back', async () => {
    const first = start(80, 24, { levelId: LEVEL })
    first.send('kubectl apply -f half')
    first.game.keepDraft()
    expect(first.world.draft).toEqual({ prompt: 'kubectl apply -f half' })
    first.send(press('ctrl+u'), 'edit', ENTER, 'typed ')
    first.game.keepDraft()
    expect(first.world.draft?.edit?.text).toMatch(/^typed apiVersion/)
  })

  test('hints, skip, check, undo, debrief', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send(press('f5'))
    await ui.until('Look at the endpoints')
    ui.send(press('escape'), press('f8'))
    await ui.until('12s went by: BackOff')
    ui.send(press('f9'))
    await ui.until('check: not yet')
    ui.send('echo one', ENTER, press('f12'))
    await ui.until('undone: echo one')
    ui.send('fix', ENTER)
    const frame = await ui.until('Level complete')
    expect(frame).toContain('goals 3/3')
    ui.send(ENTER)
    await ui.until('levels done')
  })

  test('Esc then a digit is an F key', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send(press('escape'), '1')
    await ui.until('─ Keys')
    ui.send(press('escape'), press('alt+0'))
    await ui.until('Leave the level?')
  })

  test('too small says so and comes back', async () => {
    const ui = start(50, 10, { levelId: LEVEL })
    await ui.until('50×10')
    ui.game.resize(80, 24)
    await ui.until('~/shop $')
  })

  test('a flood scrolls', async () => {
    const ui = start(80, 24, { levelId: LEVEL })
    ui.send('flood 500', ENTER)
    await ui.until('line 500')
    ui.send(press('pageup'), press('pageup'))
    await ui.until('below: PgDn')
    expect(ui.frame()).not.toContain('line 500')
    ui.send('x')
    await ui.until('line 500')
  })
})

describe('screen reader', () => {
  test('tells the brief, panes and output in words, without boxes', async () => {
    const ui = start(80, 24, { levelId: LEVEL, spoken: true })
    await ui.until('The shop is down')
    ui.send('echo hi', ENTER, press('f3'))
    const frame = await ui.until('mariadb-0: CrashLoopBackOff, 0/1, 4 restarts')
    expect(frame).not.toMatch(/[╭│▁┌]/)
    expect(frame).toContain('hi')
  })
})
