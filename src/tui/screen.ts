// Writes Ink's frames to the terminal, changed lines only, by absolute position, with the real cursor where the player types.
// Ink's own incremental writer counts lines relative to the cursor, which goes wrong by one when a cursor is shown (6.8) and after every resize.
import { EventEmitter } from 'node:events'

const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'
const SYNC_ON = '\u001b[?2026h'
const SYNC_OFF = '\u001b[?2026l'

export interface Place {
  x: number
  y: number
}

/** Ink's stdout in full-screen mode: Ink runs in debug mode, in which each write is one whole frame. */
export class Screen extends EventEmitter {
  readonly isTTY = true
  #lines: string[] = []
  #cursor: Place | undefined
  #shown: Place | undefined

  constructor(private readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>) {
    super()
  }

  get columns(): number {
    return this.stdout.columns || 80
  }

  get rows(): number {
    return this.stdout.rows || 24
  }

  /** One frame; lines beyond the window are not written. */
  write = (frame: string): boolean => {
    const lines = frame.split('\n').slice(0, this.rows)
    let out = ''
    for (let y = 0; y < Math.max(lines.length, this.#lines.length); y++) {
      if (lines[y] !== this.#lines[y]) out += `\u001b[${y + 1};1H${lines[y] ?? ''}\u001b[0m\u001b[K`
    }
    this.#lines = lines
    if (out === '') return true
    this.#shown = undefined
    return this.stdout.write(`${SYNC_ON}${HIDE}${out}${this.#placing()}${SYNC_OFF}`)
  }

  /** Where the cursor stands from now on; undefined hides it. */
  place(cursor: Place | undefined): void {
    const same = this.#shown?.x === cursor?.x && this.#shown?.y === cursor?.y && this.#shown !== undefined
    this.#cursor = cursor
    if (!same) this.stdout.write(this.#placing() || HIDE)
  }

  /** Forgets what is on the screen, so that the next frame is written whole. */
  forget(): void {
    this.#lines = []
    this.#shown = undefined
  }

  #placing(): string {
    this.#shown = this.#cursor
    return this.#cursor ? `\u001b[${this.#cursor.y + 1};${this.#cursor.x + 1}H${SHOW}` : ''
  }
}
