/** What Redis keeps on its disk: dump.rdb, a snapshot; and the append-only file, one line a change. */
import type { FileView } from '../../script/files.ts'
import { makeDirectory, readText, writeText } from '../text/files.ts'
import type { Change } from './contract.ts'
import { type Keys, Keyspace, noKeys } from './keyspace.ts'
import type { Config } from './settings.ts'

export interface Snapshot {
  readonly savedMs: number
  readonly version: string
  /** A replica goes on from here if its primary still knows the history. */
  readonly replId: string
  readonly offset: number
  readonly entries: readonly Change[]
}

const rdb = (c: Config): string => `${c['dir']}/${c['dbfilename']}`
const aofDirectory = (c: Config): string => `${c['dir']}/${c['appenddirname']}`
const incremental = (c: Config): string => `${aofDirectory(c)}/${c['appendfilename']}.1.incr.aof`
const manifest = (c: Config): string => `${aofDirectory(c)}/${c['appendfilename']}.manifest`

/** Throws FileError when the disk takes no more. */
export function writeRdb(files: FileView, c: Config, snapshot: Snapshot): void {
  // Written beside and put in its place, so that a full disk leaves the old one.
  const beside = `${c['dir']}/temp-1.rdb`
  writeText(files, beside, JSON.stringify(snapshot))
  files.rename(beside, rdb(c))
}

export function readRdb(files: FileView, c: Config): Snapshot | 'none' | 'damaged' {
  const text = readText(files, rdb(c))
  if (text === undefined || text === '') return 'none'
  try {
    return JSON.parse(text) as Snapshot
  } catch {
    return 'damaged'
  }
}

export const hasAof = (files: FileView, c: Config): boolean => readText(files, manifest(c)) !== undefined

const lines = (changes: readonly Change[]): string => changes.map((x) => `${JSON.stringify(x)}\n`).join('')

/** Begins the append-only file with what there is. */
export function createAof(files: FileView, c: Config, keys: readonly Change[]): void {
  makeDirectory(files, aofDirectory(c))
  writeText(files, incremental(c), lines(keys))
  writeText(files, manifest(c), `file ${c['appendfilename']}.1.incr.aof seq 1 type i\n`)
}

export const appendAof = (files: FileView, c: Config, changes: readonly Change[]): void => files.append(incremental(c), lines(changes))

export function keysOf(changes: readonly Change[], nowMs: number): Keys {
  const space = new Keyspace(noKeys, nowMs)
  for (const change of changes) space.apply(change)
  return space.result()
}

/** The changes of the append-only file; a last line that was cut off is left out, as aof-load-truncated has it. */
export function readAof(files: FileView, c: Config): { readonly changes: readonly Change[]; readonly truncated: boolean } {
  const changes: Change[] = []
  for (const line of (readText(files, incremental(c)) ?? '').split('\n')) {
    if (line === '') continue
    try {
      changes.push(JSON.parse(line) as Change)
    } catch {
      return { changes, truncated: true }
    }
  }
  return { changes, truncated: false }
}
