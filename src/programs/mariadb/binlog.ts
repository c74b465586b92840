/** The binary log: one file a server start, one line an event. */
import type { FileView } from '../../script/files.ts'
import { namesIn, readText } from '../text/files.ts'
import type { BinaryLog, BinlogEvent, Coordinates } from './replication-contract.ts'

/** The header of an empty log, as SHOW MASTER STATUS shows it. */
const HEADER_BYTES = 329

export const fileName = (base: string, n: number): string => `${base}.${String(n).padStart(6, '0')}`

const numbersIn = (files: FileView, dir: string, base: string): number[] =>
  namesIn(files, dir)
    .filter((n) => n.startsWith(`${base}.`) && /\.\d{6}$/.test(n))
    .map((n) => Number(n.slice(-6)))
    .sort((a, b) => a - b)

/** All events of the log, in order. */
export function readEvents(files: FileView, dir: string, base: string): BinlogEvent[] {
  return numbersIn(files, dir, base).flatMap((n) =>
    (readText(files, `${dir}/${fileName(base, n)}`) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as BinlogEvent),
  )
}

/** Begins a new file, as every start does. */
export function openLog(files: FileView, dir: string, base: string, server: number, seen: number): BinaryLog {
  const last = readEvents(files, dir, base).at(-1)
  const file = (numbersIn(files, dir, base).at(-1) ?? 0) + 1
  files.write(`${dir}/${fileName(base, file)}`, '')
  return { base, end: { file, position: HEADER_BYTES, seq: Math.max(seen, last?.seq ?? 0), server: last?.server ?? server } }
}

/** Appends; gives the log and the events with their places. Throws FileError when the disk takes no more. */
export function appendEvents(
  files: FileView,
  dir: string,
  log: BinaryLog,
  events: readonly Omit<BinlogEvent, 'file' | 'position'>[],
): { readonly log: BinaryLog; readonly events: readonly BinlogEvent[] } {
  let { end } = log
  const placed = events.map((e) => {
    end = { ...end, position: end.position + 80 + Buffer.byteLength(e.sql), seq: e.seq, server: e.server }
    return { ...e, file: end.file, position: end.position }
  })
  files.append(`${dir}/${fileName(log.base, end.file)}`, placed.map((e) => `${JSON.stringify(e)}\n`).join(''))
  return { log: { ...log, end }, events: placed }
}

const after = (e: BinlogEvent, from: Coordinates): boolean => e.file > from.file || (e.file === from.file && e.position > from.position)

/** What comes after a place; undefined: the log does not reach back so far. */
export function eventsAfter(all: readonly BinlogEvent[], from: Coordinates, gtid: boolean): readonly BinlogEvent[] | undefined {
  if (!gtid) return all.filter((e) => after(e, from))
  const [first] = all
  if (from.seq > 0 && first !== undefined && first.seq > from.seq + 1) return undefined
  if (from.seq > 0 && first === undefined) return undefined
  return all.filter((e) => e.seq > from.seq)
}
