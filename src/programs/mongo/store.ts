/** The log on the disk and the documents that come of it. What was acknowledged is in the log. */
import type { FileView } from '../../script/files.ts'
import { readText, writeText } from '../text/files.ts'
import type { Databases, Doc, LogEntry, Place, SetConfig, State } from './contract.ts'

const logFile = (dir: string): string => `${dir}/journal/WiredTigerLog.0000000001`
const setFile = (dir: string): string => `${dir}/local.json`

export interface Kept {
  readonly config?: SetConfig
  readonly term: number
  readonly votedTerm: number
}

export function readKept(files: FileView, dir: string): Kept {
  const text = readText(files, setFile(dir))
  return text ? (JSON.parse(text) as Kept) : { term: 0, votedTerm: 0 }
}
export const writeKept = (files: FileView, s: State): void =>
  writeText(
    files,
    setFile(s.dbPath),
    JSON.stringify({ term: s.term, votedTerm: s.votedTerm, ...(s.config && { config: s.config }) } satisfies Kept),
  )

export const readLog = (files: FileView, dir: string): LogEntry[] =>
  (readText(files, logFile(dir)) ?? '')
    .split('\n')
    .filter((l) => l !== '')
    .map((l) => JSON.parse(l) as LogEntry)

const lines = (entries: readonly LogEntry[]): string => entries.map((e) => `${JSON.stringify(e)}\n`).join('')
/** Throw FileError when the disk takes no more. */
export function appendLog(files: FileView, dir: string, entries: readonly LogEntry[]): void {
  if (readText(files, logFile(dir)) === undefined) writeText(files, logFile(dir), '')
  files.append(logFile(dir), lines(entries))
}
export const replaceLog = (files: FileView, dir: string, entries: readonly LogEntry[]): void =>
  writeText(files, logFile(dir), lines(entries))

export function apply(databases: Databases, entries: readonly LogEntry[]): Databases {
  let out = databases
  for (const e of entries) {
    const collections = { ...out[e.db] }
    if (e.id === '*') delete collections[e.collection]
    else {
      const docs = { ...collections[e.collection] }
      if (e.doc === null) delete docs[e.id]
      else docs[e.id] = e.doc
      collections[e.collection] = docs
    }
    out = { ...out, [e.db]: collections }
    if (Object.keys(collections).length === 0) {
      const { [e.db]: _gone, ...rest } = out
      out = rest
    }
  }
  return out
}

export const lastOf = (log: readonly LogEntry[]): Place => {
  const last = log.at(-1)
  return last === undefined ? { index: 0, term: 0 } : { index: last.index, term: last.term }
}

export const documentsOf = (s: State, db: string, collection: string): readonly Doc[] => Object.values(s.databases[db]?.[collection] ?? {})
