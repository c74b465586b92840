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
  /** What the terminal shows, and what it shall show. */
  #shown: string[] = []
  #wanted: string[] = []
  #cursorShown: Place | undefined
  #cursor: Place | undefined
  #scheduled = false

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
    this.#wanted = frame.split('\n').slice(0, this.rows)
    this.#schedule()
    return true
  }

  /** Where the cursor stands from now on; undefined hides it. */
  place(cursor: Place | undefined): void {
    this.#cursor = cursor
    this.#schedule()
  }

  /** Forgets what is on the screen, so that the next frame is written whole. */
  forget(): void {
    this.#shown = []
    this.#cursorShown = undefined
  }

  /** Ink gives the frame and React, right after it, the cursor: both go out in one write, so that the cursor is never seen elsewhere. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    let out = ''
    for (let y = 0; y < Math.max(this.#wanted.length, this.#shown.length); y++) {
      if (this.#wanted[y] !== this.#shown[y]) out += `\u001b[${y + 1};1H${this.#wanted[y] ?? ''}\u001b[0m\u001b[K`
    }
    const moved = this.#cursor?.x !== this.#cursorShown?.x || this.#cursor?.y !== this.#cursorShown?.y
    if (out === '' && !moved) return
    this.#shown = this.#wanted
    this.#cursorShown = this.#cursor
    const cursor = this.#cursor ? `\u001b[${this.#cursor.y + 1};${this.#cursor.x + 1}H${SHOW}` : HIDE
    this.stdout.write(out === '' ? cursor : `${SYNC_ON}${HIDE}${out}${cursor}${SYNC_OFF}`)
  }
}
