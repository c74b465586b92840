/** Kafka's directory: meta.properties (whose cluster and node it is), the metadata log, and a log of each partition. What was acknowledged is there. */
import type { FileView } from '../../script/files.ts'
import { exists, makeDirectory, namesIn, readText, removeAll, writeText } from '../text/files.ts'
import { EMPTY, type LogRecord, type Metadata, type Settings, type State } from './contract.ts'
import { SettingsError } from './settings.ts'

const SEGMENT = '00000000000000000000.log'
const QUORUM = '__cluster_metadata-0'

interface Kept {
  readonly term: number
  readonly votedFor: number | null
  readonly metadata: Metadata
}

const meta = (dir: string): string => `${dir}/meta.properties`

/** `kafka-storage.sh format`: writes whose directory it is, or reads it. Throws SettingsError where it is another's. */
export function format(files: FileView, s: Settings): 'formatted' | 'kept' {
  const text = readText(files, meta(s.logDir))
  if (text === undefined) {
    if (s.clusterId === '')
      throw new SettingsError(`No \`meta.properties\` found in ${s.logDir} (have you run \`kafka-storage.sh\` to format the directory?)`)
    makeDirectory(files, s.logDir)
    writeText(files, meta(s.logDir), `#\nversion=1\ncluster.id=${s.clusterId}\nnode.id=${s.nodeId}\n`)
    return 'formatted'
  }
  const cluster = /^cluster\.id=(.*)$/m.exec(text)?.[1]
  const node = /^node\.id=(.*)$/m.exec(text)?.[1]
  if (s.clusterId !== '' && cluster !== s.clusterId)
    throw new SettingsError(`Invalid cluster.id in: ${meta(s.logDir)}. Expected ${s.clusterId}, but read ${cluster}`)
  if (node !== String(s.nodeId))
    throw new SettingsError(
      `Stored node id ${node} doesn't match previous node id ${s.nodeId} in ${meta(s.logDir)}. If you moved your data, make sure your configured node id matches.`,
    )
  return 'kept'
}

/** The cluster whose directory it is. */
export const clusterIn = (files: FileView, dir: string): string => /^cluster\.id=(.*)$/m.exec(readText(files, meta(dir)) ?? '')?.[1] ?? ''

export function readKept(files: FileView, dir: string): Kept {
  const text = readText(files, `${dir}/${QUORUM}/quorum-state`)
  return text ? (JSON.parse(text) as Kept) : { term: 0, votedFor: null, metadata: EMPTY }
}
/** Throws FileError when the disk takes no more. */
export const keep = (files: FileView, s: State): void =>
  writeText(
    files,
    `${s.settings.logDir}/${QUORUM}/quorum-state`,
    JSON.stringify({ term: s.term, votedFor: s.votedFor, metadata: s.metadata } satisfies Kept),
  )

const segment = (dir: string, key: string): string => `${dir}/${key}/${SEGMENT}`

export function readLogs(files: FileView, dir: string): Record<string, LogRecord[]> {
  const out: Record<string, LogRecord[]> = {}
  for (const name of namesIn(files, dir)) {
    if (!/-\d+$/.test(name) || name === QUORUM || !exists(files, segment(dir, name))) continue
    out[name] = (readText(files, segment(dir, name)) ?? '')
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as LogRecord)
  }
  return out
}

const lines = (records: readonly LogRecord[]): string => records.map((r) => `${JSON.stringify(r)}\n`).join('')

/** Writes records at an offset: at the end, or over what came after. Throws FileError when the disk takes no more. */
export function writeLog(
  files: FileView,
  dir: string,
  key: string,
  old: readonly LogRecord[],
  from: number,
  records: readonly LogRecord[],
): LogRecord[] {
  const log = [...old.slice(0, from), ...records]
  if (from === old.length && exists(files, segment(dir, key))) files.append(segment(dir, key), lines(records))
  else writeText(files, segment(dir, key), lines(log))
  return log
}

export const removeLog = (files: FileView, dir: string, key: string): void => removeAll(files, `${dir}/${key}`)
