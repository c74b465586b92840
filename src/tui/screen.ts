// The terminal as a grid of rows: panes are put on it, and what changed is written by absolute position, with the real cursor where the player types.
// Ink's own grid takes a string per cell apart on every frame (measured: 45 ms at 200×60, of which 2 are ours), and its incremental writer counts
// lines from the cursor, which goes wrong when a cursor is shown (6.8) and after every resize. Ink and React keep the tree; the text goes this way.
import type { Rect } from './layout.ts'
import { fillRow, type Row, rowWidth, sliceRow, span } from './text/spans.ts'
import { type ColourMode, paintRow } from './text/theme.ts'

const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'
const SYNC_ON = '\u001b[?2026h'
const SYNC_OFF = '\u001b[?2026l'

export interface Place {
  x: number
  y: number
}

/** Rows at a rectangle; `over` lies above what is not. */
export interface Sheet {
  at: Rect
  rows: Row[]
  over: boolean
}

/** One row of the screen from the parts that stand in it, those that lie over the others last. */
const lay = (base: Row, part: Row, x: number, width: number): Row => {
  const before = rowWidth(base)
  const left = before < x ? [...base, span(' '.repeat(x - before))] : sliceRow(base, 0, x)
  return [...left, ...fillRow(part, width), ...sliceRow(base, x + width, before)]
}

/** All sheets on one screen, as rows. */
export const compose = (sheets: Iterable<Sheet>, height: number): Row[] => {
  const screen: Row[] = Array.from({ length: height }, () => [])
  const sorted = [...sheets].sort((a, b) => Number(a.over) - Number(b.over) || a.at.x - b.at.x)
  for (const { at, rows } of sorted) {
    for (let y = 0; y < at.height && at.y + y < height; y++) screen[at.y + y] = lay(screen[at.y + y]!, rows[y] ?? [], at.x, at.width)
  }
  return screen
}

export class Screen {
  #sheets = new Map<string, Sheet>()
  #shown: string[] = []
  #cursorShown: Place | undefined
  #cursor: Place | undefined
  #scheduled = false
  #closed = false

  constructor(
    private readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'rows'>,
    private readonly colours: ColourMode,
  ) {}

  /** Puts a sheet on the screen, in place of the one of the same key. */
  put(key: string, sheet: Sheet): void {
    this.#sheets.set(key, sheet)
    this.#schedule()
  }

  remove(key: string): void {
    this.#sheets.delete(key)
    this.#schedule()
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

  /** Nothing is written any more: the terminal is the person's again. */
  close(): void {
    this.#closed = true
  }

  /** One draw's sheets and cursor go out in one write, so that a half frame is never seen. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#closed) return
    const height = Math.max(1, (this.stdout.rows || 24) - 1)
    const lines = compose(this.#sheets.values(), height).map((row) => paintRow(row, this.colours))
    let out = ''
    for (let y = 0; y < Math.max(lines.length, this.#shown.length); y++) {
      if (lines[y] !== this.#shown[y]) out += `\u001b[${y + 1};1H${lines[y] ?? ''}\u001b[K`
    }
    const moved = this.#cursor?.x !== this.#cursorShown?.x || this.#cursor?.y !== this.#cursorShown?.y
    if (out === '' && !moved) return
    this.#shown = lines
    this.#cursorShown = this.#cursor
    const cursor = this.#cursor ? `\u001b[${this.#cursor.y + 1};${this.#cursor.x + 1}H${SHOW}` : HIDE
    this.stdout.write(out === '' ? cursor : `${SYNC_ON}${HIDE}${out}${cursor}${SYNC_OFF}`)
  }
}
