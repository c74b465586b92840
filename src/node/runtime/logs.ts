/** Container logs: lines with their time and stream, kept in chunks so that a line more costs one small copy. Rotated as the kubelet does, by size. */
import type { Cells } from '../../sim/state.ts'

export interface LogLine {
  readonly ms: number
  readonly stream: 'stdout' | 'stderr'
  /** Without its newline. */
  readonly text: string
  /** The line was written without a newline at its end. */
  readonly partial?: boolean
}

interface LogHead {
  readonly first: number
  readonly last: number
}

const FAMILY = 'log'
const HEAD = 'log-head'
const CHUNK_LINES = 64
/** `2026-11-02T08:00:05.123456789Z stdout F ` and the newline. */
const LINE_HEAD = 40
/** containerLogMaxSize 10Mi × containerLogMaxFiles 5; kept smaller here, because nobody reads further back. */
const MAX_CHUNKS = 512

export class Logs {
  readonly #cells: Cells
  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** Runs `act` while nothing is logged: requests that stand for many others leave no lines. */
  muted<T>(act: () => T): T {
    this.#mute++
    try {
      return act()
    } finally {
      this.#mute--
    }
  }
  #mute = 0

  append(containerId: string, ms: number, stream: 'stdout' | 'stderr', text: string): void {
    if (text === '' || this.#mute > 0) return
    const lines = text.split('\n')
    const whole = lines.pop() === ''
    if (!whole) lines.push(text.slice(text.lastIndexOf('\n') + 1))
    for (const [i, line] of lines.entries())
      this.#push(containerId, { ms, stream, text: line, ...(!whole && i === lines.length - 1 && { partial: true }) })
  }

  #push(containerId: string, line: LogLine): void {
    const head = this.#cells.get<LogHead>(HEAD, containerId) ?? { first: 0, last: -1 }
    let last = Math.max(head.last, 0)
    let chunk = this.#cells.get<readonly LogLine[]>(FAMILY, `${containerId}#${last}`) ?? []
    const previous = chunk.at(-1)
    if (previous?.partial && previous.stream === line.stream) {
      chunk = [...chunk.slice(0, -1), { ...line, ms: previous.ms, text: previous.text + line.text }]
    } else {
      if (chunk.length >= CHUNK_LINES) {
        last++
        chunk = []
      }
      chunk = [...chunk, line]
    }
    this.#cells.put(FAMILY, `${containerId}#${last}`, chunk)
    let first = head.first
    while (last - first >= MAX_CHUNKS) this.#cells.delete(FAMILY, `${containerId}#${first++}`)
    if (last !== head.last || first !== head.first) this.#cells.put(HEAD, containerId, { first, last })
  }

  /** All lines kept, oldest first. `from` skips that many of the lines ever written. */
  lines(containerId: string, from = 0): readonly LogLine[] {
    const head = this.#cells.get<LogHead>(HEAD, containerId)
    if (head === undefined) return []
    const all: LogLine[] = []
    for (let i = Math.max(head.first, Math.floor(from / CHUNK_LINES)); i <= head.last; i++) {
      const chunk = this.#cells.get<readonly LogLine[]>(FAMILY, `${containerId}#${i}`) ?? []
      const skip = from - i * CHUNK_LINES
      all.push(...(skip > 0 ? chunk.slice(skip) : chunk))
    }
    return all
  }

  /** How many lines were ever written: where a follower goes on from. */
  count(containerId: string): number {
    const head = this.#cells.get<LogHead>(HEAD, containerId)
    if (head === undefined) return 0
    return head.last * CHUNK_LINES + (this.#cells.get<readonly LogLine[]>(FAMILY, `${containerId}#${head.last}`)?.length ?? 0)
  }

  /** Bytes of the log file: each line carries its time, stream and tag before the text (CRI's log format). */
  bytes(containerId: string): number {
    return this.lines(containerId).reduce((n, line) => n + line.text.length + LINE_HEAD, 0)
  }

  has(containerId: string): boolean {
    return this.#cells.get(HEAD, containerId) !== undefined
  }

  drop(containerId: string): void {
    const head = this.#cells.get<LogHead>(HEAD, containerId)
    if (head === undefined) return
    for (let i = head.first; i <= head.last; i++) this.#cells.delete(FAMILY, `${containerId}#${i}`)
    this.#cells.delete(HEAD, containerId)
  }
}
