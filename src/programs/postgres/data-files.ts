/** PGDATA: the version that made it, the control file (was it shut down?), roles, one file a table, and the two configuration files. */
import type { FileView } from '../../script/files.ts'
import { loadTables, persistTables, type TableFiles } from '../sql/table-files.ts'
import { readText, writeText } from '../text/files.ts'
import type { Data } from './contract.ts'

const tables = (files: FileView, dir: string): TableFiles => ({ files, dir: `${dir}/base`, suffix: '.heap', isDatabase: () => true })
const shared = (dir: string): string => `${dir}/global/pg_authid`
const control = (dir: string): string => `${dir}/global/pg_control`

export interface Control {
  readonly state: 'in production' | 'shut down'
  readonly atMs: number
}

export function readControl(files: FileView, dir: string): Control | undefined {
  try {
    return JSON.parse(readText(files, control(dir)) ?? '') as Control
  } catch {
    return undefined
  }
}

export const writeControl = (files: FileView, dir: string, now: Control): void => writeText(files, control(dir), JSON.stringify(now))

/** The major version that made the directory; undefined when none did. */
export const versionOf = (files: FileView, dir: string): string | undefined => readText(files, `${dir}/PG_VERSION`)?.trim() || undefined

/** Reads what the directory holds; undefined when its files are damaged. */
export function load(files: FileView, dir: string): Data | undefined {
  try {
    const rest = JSON.parse(readText(files, shared(dir)) ?? '') as Omit<Data, 'databases'>
    return { ...rest, databases: loadTables(tables(files, dir)) }
  } catch {
    return undefined
  }
}

/** Writes what changed between two states. Throws FileError when the disk takes no more. */
export function persist(files: FileView, dir: string, before: Data | undefined, after: Data): void {
  if (before?.roles !== after.roles || before.owners !== after.owners || before.schemas !== after.schemas)
    writeText(files, shared(dir), JSON.stringify({ roles: after.roles, owners: after.owners, schemas: after.schemas }))
  persistTables(tables(files, dir), before?.databases, after.databases)
}
