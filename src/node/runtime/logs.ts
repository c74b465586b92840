/**
 * Container logs: lines with their time and stream, kept in chunks so that a line more costs one small copy. Rotated as the kubelet does
 * (pkg/kubelet/logs): the file that has grown beyond 10Mi is put aside, at most five are kept unless the kubelet is told otherwise, and only the current one is shown.
 */
import type { Cells } from '../../sim/state.ts'

export interface LogLine {
  readonly ms: number
  readonly stream: 'stdout' | 'stderr'
  /** Without its newline. */
  readonly text: string
  /** The line was written without a newline at its end. */
  readonly partial?: boolean
  /** A piece of a line that is too long for one entry: the next entry goes on with it. */
  readonly cut?: boolean
}

/** A file that was put aside: what it held is not kept, only that it was there and how large. */
export interface RotatedLog {
  readonly ms: number
  readonly bytes: number
}

interface LogHead {
  /** Chunks of the current file. */
  readonly first: number
  readonly last: number
  /** Of the current file. */
  readonly bytes: number
  /** When the kubelet last looked at its size. */
  readonly lookedMs: number
  readonly rotated: readonly RotatedLog[]
}

const FAMILY = 'log'
const HEAD = 'log-head'
const CHUNK_LINES = 64
/** The longest text of one entry; a longer line is cut into several (containerd's max_container_log_line_size). */
const MOST_TEXT = 16_384
/** `2026-11-02T08:00:05.123456789Z stdout F ` and the newline. */
const LINE_HEAD = 40
/** containerLogMonitorInterval */
const LOOK_MS = 10_000

/** How large a file grows and how many there are, the current one among them (containerLogMaxSize, containerLogMaxFiles). */
export interface LogLimits {
  readonly containerLogMaxBytes: number
  readonly containerLogMaxFiles: number
}

function piecesOf(line: LogLine): LogLine[] {
  const pieces: LogLine[] = []
  let { text } = line
  for (; text.length > MOST_TEXT; text = text.slice(MOST_TEXT))
    pieces.push({ ms: line.ms, stream: line.stream, text: text.slice(0, MOST_TEXT), partial: true, cut: true })
  return [...pieces, { ...line, text }]
}

export class Logs {
  readonly #cells: Cells
  readonly #limitsOf: (containerId: string) => LogLimits

  /** `limitsOf`: as the kubelet of the container's node is configured. */
  constructor(cells: Cells, limitsOf: (containerId: string) => LogLimits) {
    this.#cells = cells
    this.#limitsOf = limitsOf
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
    const before = this.#cells.get<LogHead>(HEAD, containerId) ?? { first: 0, last: 0, bytes: 0, lookedMs: line.ms, rotated: [] }
    const head = line.ms - before.lookedMs >= LOOK_MS ? this.#rotate(containerId, before, line.ms) : before
    let { last } = head
    let chunk = this.#cells.get<readonly LogLine[]>(FAMILY, `${containerId}#${last}`) ?? []
    const previous = chunk.at(-1)
    const joins = previous?.partial && !previous.cut && previous.stream === line.stream
    if (joins) chunk = chunk.slice(0, -1)
    const pieces = piecesOf(joins ? { ...line, ms: previous.ms, text: previous.text + line.text } : line)
    for (const piece of pieces) {
      if (chunk.length >= CHUNK_LINES) {
        this.#cells.put(FAMILY, `${containerId}#${last}`, chunk)
        last++
        chunk = []
      }
      chunk = [...chunk, piece]
    }
    this.#cells.put(FAMILY, `${containerId}#${last}`, chunk)
    const heads = LINE_HEAD * (pieces.length - (joins ? 1 : 0))
    this.#cells.put(HEAD, containerId, { ...head, last, bytes: head.bytes + line.text.length + heads } satisfies LogHead)
  }

  /** Once the current file is too large, it makes room for a new one. */
  #rotate(containerId: string, head: LogHead, ms: number): LogHead {
    const { containerLogMaxBytes, containerLogMaxFiles } = this.#limitsOf(containerId)
    if (head.bytes < containerLogMaxBytes) return { ...head, lookedMs: ms }
    for (let i = head.first; i <= head.last; i++) this.#cells.delete(FAMILY, `${containerId}#${i}`)
    const rotated = [...head.rotated, { ms, bytes: head.bytes }].slice(1 - containerLogMaxFiles)
    return { first: head.last + 1, last: head.last + 1, bytes: 0, lookedMs: ms, rotated }
  }

  /** Files that were put aside, the oldest first. */
  rotated(containerId: string): readonly RotatedLog[] {
    return this.#cells.get<LogHead>(HEAD, containerId)?.rotated ?? []
  }

  /** The lines of the current file, oldest first; those from a place on that `count` gave. */
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

  /** Where a follower goes on from. */
  count(containerId: string): number {
    const head = this.#cells.get<LogHead>(HEAD, containerId)
    if (head === undefined) return 0
    return head.last * CHUNK_LINES + (this.#cells.get<readonly LogLine[]>(FAMILY, `${containerId}#${head.last}`)?.length ?? 0)
  }

  /** Bytes of the log's files: each line carries its time, stream and tag before the text (CRI's log format). */
  bytes(containerId: string): number {
    const head = this.#cells.get<LogHead>(HEAD, containerId)
    return head === undefined ? 0 : head.rotated.reduce((n, r) => n + r.bytes, head.bytes)
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
