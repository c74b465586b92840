/**
 * A player's seat at an attempt: hands over what they put in, keeps the save, and takes `undo`, `reset` and `time`, which never
 * reach the shell: the first two act on the world that it is part of, the third is a keyword of its language. Full screen and plain prompt sit here alike.
 */

import type { Lang } from '../shell/contract.ts'
import { timeText } from '../shell/verbs/level.ts'
import { LimitReached } from '../sim/loop.ts'
import type { Attempt, Opening } from './attempt.ts'
import type { CommandState, EditProblem, EditRequest, OutputChunk } from './contract.ts'
import type { Save } from './save.ts'
import { gameText } from './texts.ts'

/** The screen was asked to be emptied. */
const CLEAR = /\u001b\[H\u001b\[2?J(?:\u001b\[3J)?|\u001b\[2J\u001b\[H|\u001bc/g
const KUBECTL_EDIT = /^\/tmp\/kubectl-edit-/

export class Seat {
  attempt: Attempt
  readonly save: Save | undefined
  readonly #opening: Opening
  #notes: OutputChunk[] = []
  #edits = 0
  #edit: EditRequest | undefined
  /** The limit that the last command ran into, if any. */
  limit: string | undefined
  /** Moves when something was put in or undone. */
  inputs = 0

  constructor(attempt: Attempt, opening: Opening, save: Save | undefined) {
    this.attempt = attempt
    this.save = save
    this.#opening = opening
  }

  get lang(): Lang {
    return this.#opening.lang
  }

  /** The game says something in the terminal. */
  note(text: string): void {
    this.#notes.push({ stream: 'note', text: `${text}\n` })
  }

  /** A command line. `undo` and `reset` are done here. */
  submit(text: string): void {
    this.inputs++
    const words = text.trim().split(/\s+/)
    if (words.length === 1 && words[0] === 'undo') this.undo()
    else if (words.length <= 2 && words[0] === 'reset') this.#resetIfMeant(words[1])
    // Alone it is the game's; before a command it is the shell's own keyword.
    else if (words.length === 1 && words[0] === 'time') this.note(timeText(this.attempt.desk))
    else this.#act((attempt) => attempt.begin(text))
  }

  #resetIfMeant(word: string | undefined): void {
    if (word === '--yes' || word === '-y') this.reset()
    else this.note(gameText(this.lang, 'resetAsk'))
  }

  /** Does something to the session; a limit that it hits ends the command, and the save is kept whatever happens. */
  #act(act: (attempt: Attempt) => void): void {
    try {
      act(this.attempt)
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error
      this.#stopAtLimit(error.limit)
    } finally {
      this.save?.keep(this.attempt)
    }
  }

  #stopAtLimit(limit: string): void {
    this.limit = limit
    this.note(gameText(this.lang, 'limit', { limit }))
    const { session } = this.attempt
    try {
      session.interrupt()
      // What ran at a container's terminal may live on after the first one.
      if (session.running) session.interrupt()
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error
    }
  }

  undo(): void {
    this.inputs++
    const done = this.attempt.history.at(-1)
    const undone = this.attempt.undo()
    if (undone) this.attempt.history.pop()
    this.note(undone ? gameText(this.lang, 'undone', { command: (done ?? '').split('\n')[0]! }) : gameText(this.lang, 'nothingToUndo'))
    this.save?.keep(this.attempt)
  }

  /** Begins anew; the old save is put aside. */
  reset(): void {
    this.inputs++
    this.attempt = this.save?.open(this.#opening, true).attempt ?? this.attempt
    this.note(gameText(this.lang, 'resetDone'))
  }

  /** A line for the running command's standard input; undefined is its end. */
  type(line: string | undefined): void {
    this.inputs++
    this.#act((attempt) => attempt.session.input(line === undefined ? null : `${line}\n`))
  }

  interrupt(): void {
    this.inputs++
    this.#act((attempt) => attempt.session.interrupt())
  }

  advance(ms: number): void {
    this.#act((attempt) => attempt.session.advance(ms))
  }

  edited(text: string | null): void {
    this.inputs++
    this.#edit = undefined
    this.#act((attempt) => attempt.session.edited(text))
  }

  /** Leaves the editor as `:q!` does: well, with the file as it was. */
  cancelEdit(): void {
    const { session } = this.attempt
    const path = session.editing
    this.edited(path !== undefined && session.files.stat(path)?.kind === 'file' ? session.files.read(path) : null)
  }

  /** Writes the file that is being edited, and goes on editing. */
  saveFile(path: string, text: string): void {
    this.inputs++
    this.#act(({ session }) => {
      session.write(path, text)
      session.record({ type: 'file', path, text })
    })
  }

  /** Output since the last call; `clear` when the screen was asked to be emptied before it. */
  take(): { output: OutputChunk[]; clear: boolean } {
    let clear = false
    const output: OutputChunk[] = []
    for (const { fd, text } of this.attempt.session.take()) {
      const parts = text.split(CLEAR)
      if (parts.length > 1) {
        clear = true
        output.length = 0
      }
      const rest = parts.at(-1)!
      if (rest !== '') output.push({ stream: fd === 1 ? 'out' : 'err', text: rest })
    }
    output.push(...this.#notes.splice(0))
    return { output, clear }
  }

  get command(): CommandState {
    const { session } = this.attempt
    if (!session.running) return { status: 'idle', exitCode: session.exitCode }
    const path = session.editing
    if (path === undefined) return this.attempt.session.asking ? { status: 'input', label: '' } : { status: 'running' }
    this.#edit ??= this.#editRequest(path)
    return { status: 'edit', edit: this.#edit }
  }

  #editRequest(path: string): EditRequest {
    const { session } = this.attempt
    const text = session.files.stat(path)?.kind === 'file' ? session.files.read(path) : ''
    const ofKubectl = KUBECTL_EDIT.test(path)
    const program = ofKubectl ? 'kubectl edit' : (/^\s*(?:sudo\s+)?([\w.-]+)/.exec(this.attempt.history.at(-1) ?? '')?.[1] ?? 'edit')
    return {
      id: `edit-${++this.#edits}`,
      path,
      text,
      language: ofKubectl || /\.(ya?ml|json)$/.test(path) ? 'yaml' : 'text',
      program,
      problems: ofKubectl ? refusals(text) : [],
    }
  }
}

/** What the API refused, which kubectl writes into the head of the file when it opens it again. */
function refusals(text: string): EditProblem[] {
  const problems: EditProblem[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break
    const told = line.replace(/^#\s?/, '').trim()
    if (told.startsWith('* ')) problems.push({ message: told.slice(2) })
  }
  return problems
}
