/** An attempt's save file: added to after every input, read back when the attempt is opened again, kept aside when it cannot be played. */
import { type Journal, JournalError, parseJournal } from '../session/journal.ts'
import { Attempt, journalLines, journalProblem, type Opening } from './attempt.ts'
import type { Draft, OutputChunk } from './contract.ts'
import type { Shelf } from './shelf.ts'

/** What is typed but not handed over, and how late it is in the world. */
export interface KeptDraft extends Draft {
  /** Virtual milliseconds since the player entered. */
  at?: number
  /** How many records the journal had: `at` means something only beside them. */
  records?: number
}

export interface OpenedSave {
  readonly attempt: Attempt
  readonly how: Resumed
  readonly draft?: KeptDraft
  /** What the terminal showed: commands and their output. */
  readonly scrollback: readonly OutputChunk[]
}

const MAX_SCROLLBACK = 2_000

export type Resumed = 'fresh' | 'resumed' | 'other-version' | 'broken' | 'cut-short'

const parseDraft = (text: string | undefined): KeptDraft | undefined => {
  try {
    const value = text === undefined ? undefined : (JSON.parse(text) as KeptDraft)
    return typeof value?.prompt === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

export class Save {
  readonly name: string
  readonly #shelf: Shelf
  #written = -1

  constructor(shelf: Shelf, name: string) {
    this.#shelf = shelf
    this.name = name
  }

  get #file(): string {
    return `saves/${this.name}.jsonl`
  }
  get #draftFile(): string {
    return `saves/${this.name}.draft.json`
  }

  get exists(): boolean {
    return this.#shelf.read(this.#file) !== undefined
  }
  get text(): string | undefined {
    return this.#shelf.read(this.#file)
  }
  /** What the level was drawn from; undefined without a file that can be read. */
  get seed(): string | undefined {
    const line = this.text?.slice(0, 4096).split('\n')[0]
    try {
      const seed = (JSON.parse(line ?? '') as { seed?: unknown }).seed
      return typeof seed === 'string' ? seed : undefined
    } catch {
      return undefined
    }
  }

  /** Whether the file was played with other draws than these. */
  isOfOtherSeed(seed: string): boolean {
    const own = this.seed
    return own !== undefined && own !== seed
  }

  /** Opens from the file unless `fresh`. What cannot be played is put aside (`.old`), never thrown away. */
  open(opening: Opening, fresh: boolean): OpenedSave {
    const text = fresh ? undefined : this.text
    if (text === undefined) return { attempt: this.#begin(opening), how: 'fresh', scrollback: [] }
    let journal: Journal
    try {
      journal = parseJournal(text)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      return { attempt: this.#begin(opening), how: 'broken', scrollback: [] }
    }
    if (journalProblem(journal, opening.level) !== undefined) return { attempt: this.#begin(opening), how: 'other-version', scrollback: [] }
    return this.#resume(journal, text, opening)
  }

  #resume(journal: Journal, text: string, opening: Opening): OpenedSave {
    const seeded = { ...opening, seed: journal.header.seed }
    const { attempt, played, scrollback } = playAll(journal, seeded)
    const cut = played < journal.records.length
    this.#written = attempt.session.journal.records.length
    // A last line that was cut short by a crash is taken out, so that what follows stands on lines of its own.
    if (cut || !text.endsWith('\n')) {
      if (cut) this.#shelf.write(`${this.#file}.old`, text)
      this.#shelf.write(this.#file, journalLines(attempt, -1))
    }
    const draft = parseDraft(this.#shelf.read(this.#draftFile))
    const { session } = attempt
    if (draft?.at !== undefined && draft.records === this.#written && draft.at > session.elapsedMs)
      session.advance(draft.at - session.elapsedMs)
    const shown = [...scrollback, ...printed(attempt)].slice(-MAX_SCROLLBACK)
    return { attempt, how: cut ? 'cut-short' : 'resumed', scrollback: shown, ...(draft && { draft }) }
  }

  /** Makes room for a new attempt; the old file is kept as `.old`. */
  putAside(): void {
    const old = this.text
    if (old !== undefined) this.#shelf.write(`${this.#file}.old`, old)
    this.#shelf.remove(this.#file)
    this.#shelf.remove(this.#draftFile)
  }

  /** Nothing is written before the first input. */
  #begin(opening: Opening): Attempt {
    this.putAside()
    this.#written = -1
    return new Attempt(opening)
  }

  /** Adds what was put in since the last call. Cheap when nothing was. */
  keep(attempt: Attempt): void {
    const { length } = attempt.session.journal.records
    if (length === Math.max(0, this.#written)) return
    this.#shelf.append(this.#file, journalLines(attempt, this.#written))
    this.#written = length
  }

  keepDraft(draft: KeptDraft): void {
    this.#shelf.write(this.#draftFile, JSON.stringify(draft))
  }
}

const printed = (attempt: Attempt): OutputChunk[] =>
  attempt.session.take().map(({ fd, text }) => ({ stream: fd === 1 ? 'out' : 'err', text }))

export interface Played {
  readonly attempt: Attempt
  /** How many records could be played. */
  readonly played: number
  readonly problem?: string
  /** Position of the first record that claims another state than the one reached. */
  readonly stray?: number
  readonly scrollback: readonly OutputChunk[]
}

/** Plays a journal as far as it goes. A record that breaks the engine is left out with all that follow. */
export function playAll(journal: Journal, opening: Opening): Played {
  let attempt = new Attempt(opening)
  const { records } = journal
  const scrollback: OutputChunk[] = []
  let stray: number | undefined
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!
    let problem: string | undefined
    try {
      problem = attempt.play(record)
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      attempt = new Attempt(opening)
      for (const before of records.slice(0, i)) attempt.play(before)
    }
    if (record.type === 'input') scrollback.push({ stream: 'note', text: `$ ${record.text}\n` })
    if (record.type === 'undo') scrollback.push({ stream: 'note', text: '$ undo\n' })
    scrollback.push(...printed(attempt))
    if (scrollback.length > 2 * MAX_SCROLLBACK) scrollback.splice(0, MAX_SCROLLBACK)
    if (problem !== undefined && record.type === 'end') stray ??= i
    else if (problem !== undefined) return { attempt, played: i, problem, scrollback }
  }
  return { attempt, played: records.length, scrollback, ...(stray !== undefined && { stray }) }
}
