/** `clusterlab sh [LEVEL] [SCRIPT]`: the same world without the full-screen view, for people at a plain prompt and for scripts. */
import { existsSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { isPreset, PRESETS, type PresetName } from '../cluster/presets.ts'
import { Attempt, type Opening } from '../game/attempt.ts'
import { Catalogue } from '../game/catalogue.ts'
import { completeness } from '../game/completion/completeness.ts'
import { completeLine } from '../game/completion/index.ts'
import type { OutputChunk } from '../game/contract.ts'
import { Save } from '../game/save.ts'
import { Seat } from '../game/seat.ts'
import { promptLabel } from '../game/view/prompt-label.ts'
import { LevelError, problemText } from '../levels/loader/problems.ts'
import type { Options, Run } from './commands/contract.ts'
import { type Context, EXIT, inputError, readNamedFile, seedOption, usageError } from './context.ts'
import { FileShelf, homeFolder } from './home.ts'
import { FolderSource, type LevelPlace, placeOf, wantedLevel } from './level-source.ts'

/** Virtual milliseconds at a time while a command waits; short enough that Ctrl-C is noticed. */
const SLICE_MS = 1_000
/** A command without an end of its own is cut off after this much virtual time, in scripts. */
const ENDLESS_MS = 3_600_000

interface Wanted {
  readonly place?: LevelPlace
  /** Path of a script; `-` is stdin. */
  readonly script?: string
}

/** `sh X` takes X for a level if it is one, otherwise for a script. */
function wantedOf(args: readonly string[], context: Context): Wanted {
  const [first, second] = args
  if (first === undefined) return {}
  if (second !== undefined) return { place: wantedLevel(first, context), script: second }
  const place = placeOf(first)
  if (place) return { place }
  // Neither a level nor a file: say what levels there are, since a script's name is seldom mistyped.
  if (first !== '-' && !existsSync(first)) return { place: wantedLevel(first, context) }
  return { script: first }
}

export const run: Run = async (args, options, context) => {
  const { place, script } = wantedOf(args, context)
  const preset = options['preset']
  if (!isPreset(preset)) throw usageError(`--preset: "${String(preset)}" is none of ${PRESETS.join(', ')}`)
  const text = script === undefined ? undefined : script === '-' ? await readAll(context.stdin) : readNamedFile(script, 'script')
  if (text !== undefined) return runScript(text, open(place, preset, options, context, false), context)
  if (!context.stdin.isTTY) return runScript(await readAll(context.stdin), open(place, preset, options, context, false), context)
  return converse(open(place, preset, options, context, true), context)
}

/** At a prompt the attempt is the one that the game plays, saved; a script has a world of its own. */
function open(place: LevelPlace | undefined, preset: PresetName, options: Options, context: Context, kept: boolean): Seat {
  const catalogue = new Catalogue(new FolderSource(place ? [place] : []))
  const save = kept ? new Save(new FileShelf(homeFolder(context.env)), place?.saveName ?? 'sandbox') : undefined
  try {
    const seed = seedOption(options) ?? save?.seed ?? '0'
    const level = place && catalogue.level(place.id, seed)
    const fresh = options['fresh'] === true || save?.isOfOtherSeed(seed) === true
    const stage = catalogue.stage(level)
    const opening: Opening = { level, preset, seed, lang: context.lang, canEdit: false, ...(stage && { stage }) }
    return new Seat(save ? save.open(opening, fresh).attempt : new Attempt(opening), opening, save)
  } catch (error) {
    if (error instanceof LevelError) throw inputError(error.problems.map(problemText).join('\n'))
    throw error
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}

function print(chunks: readonly OutputChunk[], { stdout, stderr }: Context): void {
  for (const { stream, text } of chunks) (stream === 'err' ? stderr : stdout).write(text)
}

/** The whole text is one command line of the shell: its functions, loops and here-documents span lines. */
function runScript(text: string, seat: Seat, context: Context): number {
  const flush = (): void => print(seat.take().output, context)
  seat.submit(text)
  flush()
  const { session } = seat.attempt
  const endMs = session.world.nowMs + ENDLESS_MS
  while (session.running) {
    if (session.editing !== undefined) seat.edited(null)
    else seat.advance(Math.min(SLICE_MS, Math.max(1, (session.dueMs ?? Number.POSITIVE_INFINITY) - session.world.nowMs)))
    flush()
    // Only what has no end of its own is endless.
    if (session.running && session.dueMs === undefined && session.world.nowMs > endMs)
      throw inputError('limit reached: a command that does not end')
  }
  flush()
  if (seat.limit !== undefined) throw inputError(`limit reached: ${seat.limit}`)
  return session.exitCode === 0 ? EXIT.ok : EXIT.failed
}

// ── a person at a prompt ──

const WORDS = {
  en: { exit: 'Type exit (or Ctrl-D) to leave; what you do is saved. help lists the commands.', running: '^C' },
  es: { exit: 'Escribe exit (o Ctrl-D) para salir; lo que haces se guarda. help lista los comandos.', running: '^C' },
}

async function converse(seat: Seat, context: Context): Promise<number> {
  const { stdin, stdout, lang } = context
  const lines = createInterface({
    input: stdin,
    output: stdout,
    terminal: context.env['TERM'] !== 'dumb',
    historySize: 1000,
    history: [...seat.attempt.history].reverse(),
    completer: (line: string) => {
      const { from, candidates } = completeLine(seat.attempt, line, line.length)
      return [candidates.map((c) => c.text), line.slice(from)]
    },
  })
  const { levelDesk } = seat.attempt
  if (levelDesk) stdout.write(`# ${levelDesk.title}\n\n${levelDesk.brief.trim()}\n\n`)
  stdout.write(`${WORDS[lang].exit}\n`)
  await new Conversation(lines, seat, context).talk()
  seat.save?.keep(seat.attempt)
  return EXIT.ok
}

class Conversation {
  readonly #lines: Interface
  readonly #seat: Seat
  readonly #context: Context
  #typed = ''
  #interrupted = false

  constructor(lines: Interface, seat: Seat, context: Context) {
    this.#lines = lines
    this.#seat = seat
    this.#context = context
  }

  #ask(): void {
    this.#lines.setPrompt(this.#typed === '' ? promptLabel(this.#seat.attempt.session) : '> ')
    this.#lines.prompt()
  }

  async talk(): Promise<void> {
    this.#lines.on('SIGINT', () => {
      if (this.#seat.attempt.session.running) this.#interrupted = true
      else {
        this.#typed = ''
        this.#context.stdout.write('^C\n')
        this.#ask()
      }
    })
    this.#ask()
    for await (const line of this.#lines) {
      const text = this.#typed === '' ? line : `${this.#typed}\n${line}`
      if (completeness(text) === 'incomplete') this.#typed = text
      else {
        this.#typed = ''
        if (/^\s*exit(\s+\d+)?\s*$/.test(text)) break
        if (text.trim() !== '') await this.#run(text)
      }
      this.#ask()
    }
    this.#lines.close()
  }

  /** Virtual time runs as fast as it can, and Ctrl-C is heard in between. */
  async #run(text: string): Promise<void> {
    const seat = this.#seat
    const flush = (): void => print(seat.take().output, this.#context)
    this.#interrupted = false
    seat.submit(text)
    flush()
    while (seat.attempt.session.running) {
      if (this.#interrupted) seat.interrupt()
      else if (seat.attempt.session.editing !== undefined) seat.edited(null)
      else seat.advance(SLICE_MS)
      flush()
      await new Promise((resolve) => setImmediate(resolve))
    }
    flush()
  }
}
