// The game's entry: joins stdin, the wall clock and Ink to the game, and leaves the terminal and the save in order on every way out.
import { EventEmitter } from 'node:events'
import { render } from 'ink'
import { App } from './components/app.tsx'
import { Game } from './game/game.ts'
import { KeySource } from './input/source.ts'
import { Screen } from './screen.ts'
import { takeTerminal } from './terminal.ts'
import { colourMode } from './text/theme.ts'
import { type Lang, textsFor } from './texts/index.ts'
import type { GameWorld } from './world.ts'

export interface RunOptions {
  world: GameWorld
  lang: Lang
  /** Opens this level at once. */
  levelId?: string
  noColour?: boolean
  stdin?: NodeJS.ReadStream
  stdout?: NodeJS.WriteStream
  stderr?: NodeJS.WriteStream
  env?: Record<string, string | undefined>
  /** What to say when something of ours broke; may write a report. */
  crashText?: (error: unknown) => string
}

const TICK_MS = 50
/** After the machine slept, the world does not race to catch up. */
const LONGEST_TICK_MS = 250
const DRAFT_MS = 300
const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
const SIGNAL_EXIT: Record<string, number> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** Ink reads no keys: the key source is the only reader of stdin. */
const silentStdin = (): NodeJS.ReadStream => {
  const nothing = () => {}
  const stream = {
    isTTY: true,
    setEncoding: nothing,
    setRawMode: nothing,
    resume: nothing,
    pause: nothing,
    ref: nothing,
    unref: nothing,
    read: () => null,
  }
  return Object.assign(new EventEmitter(), stream) as unknown as NodeJS.ReadStream
}

/** In full-screen mode the screen writes, not Ink. */
const blankStdout = (stdout: NodeJS.WriteStream): NodeJS.WriteStream =>
  Object.assign(new EventEmitter(), {
    isTTY: true,
    write: () => true,
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
  }) as unknown as NodeJS.WriteStream

/**
 * Plays until the player leaves. Resolves to the exit code: 0 left by choice, 2 no terminal, 3 something of ours broke, 128+n ended by a signal.
 * The terminal is put back and the world saved in every case.
 */
export const runGame = async (options: RunOptions): Promise<number> => {
  const { world, env = process.env, stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = options
  const texts = textsFor(options.lang)
  if (!stdin.isTTY || !stdout.isTTY || env['TERM'] === 'dumb') {
    stderr.write(`${texts.notTerminal}\n`)
    return 2
  }
  const spoken = env['INK_SCREEN_READER'] === 'true'
  const colours = options.noColour ? 'none' : colourMode(env)
  let finish: (code: number) => void = () => {}
  const finished = new Promise<number>((resolve) => {
    finish = resolve
  })
  const game = new Game({
    world,
    texts,
    spoken,
    levelId: options.levelId,
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
    onQuit: () => finish(0),
  })
  const terminal = takeTerminal(stdin, stdout, !spoken)
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    finish(3)
  }
  const guarded =
    <A extends unknown[]>(action: (...args: A) => void) =>
    (...args: A) => {
      try {
        action(...args)
      } catch (error) {
        fail(error)
      }
    }
  const keys = new KeySource()
  keys.listen(guarded((batch) => game.keys(batch)))
  const onData = (chunk: Buffer) => keys.feed(chunk)
  stdin.on('data', onData)
  const screen = spoken ? undefined : new Screen(stdout, colours)
  const instance = render(<App game={game} colours={colours} {...(screen && { screen })} />, {
    stdout: screen ? blankStdout(stdout) : stdout,
    stdin: silentStdin(),
    debug: !spoken,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: spoken,
  })
  const onResize = guarded(() => {
    terminal.clear()
    screen?.forget()
    game.resize(stdout.columns || 80, stdout.rows || 24)
  })
  stdout.on('resize', onResize)
  let last = performance.now()
  const ticking = setInterval(
    guarded(() => {
      const now = performance.now()
      const passed = Math.min(LONGEST_TICK_MS, now - last)
      last = now
      game.tick(passed)
    }),
    TICK_MS,
  )
  const drafting = setInterval(
    guarded(() => game.keepDraft()),
    DRAFT_MS,
  )
  const handlers = SIGNALS.map((signal) => [signal, () => finish(SIGNAL_EXIT[signal] ?? 128)] as const)
  for (const [signal, handler] of handlers) process.on(signal, handler)
  const onCrash = (error: unknown) => fail(error)
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  const onProcessExit = () => terminal.restore()
  process.on('exit', onProcessExit)
  instance.waitUntilExit().catch(fail)

  let code = await finished
  clearInterval(ticking)
  clearInterval(drafting)
  keys.close()
  stdin.off('data', onData)
  stdout.off('resize', onResize)
  for (const [signal, handler] of handlers) process.off(signal, handler)
  process.off('uncaughtException', onCrash)
  process.off('unhandledRejection', onCrash)
  try {
    game.keepDraft()
    world.save()
  } catch (error) {
    failure ??= error
    code = 3
  }
  // What React still draws on its way out would land on the person's own screen.
  screen?.close()
  instance.unmount()
  terminal.restore()
  process.off('exit', onProcessExit)
  if (failure !== undefined) {
    const plain = texts.crashed(failure instanceof Error ? failure.message : String(failure))
    stderr.write(`${(options.crashText?.(failure) ?? plain).trimEnd()}\n`)
  }
  // The terminal is gone: end as signals end programs, since Node's own exit would fail to reset a terminal that is no more.
  if (code === SIGNAL_EXIT['SIGHUP']) process.kill(process.pid, 'SIGHUP')
  return code
}
