/** The data directory: one `.ibd` file a table, the accounts, and the marker that says it was initialised. */
import type { FileView } from '../../script/files.ts'
import { loadTables, persistTables, type TableFiles } from '../sql/table-files.ts'
import { exists, makeDirectory, readText } from '../text/files.ts'
import type { Account, Data } from './contract.ts'

const ACCOUNTS = 'mysql/global_priv.MAD'
const NO_DATABASES = new Set(['mysql', 'lost+found', 'performance_schema', 'sys'])

const tables = (files: FileView, dir: string): TableFiles => ({
  files,
  dir,
  suffix: '.ibd',
  isDatabase: (name) => !NO_DATABASES.has(name) && !name.startsWith('#'),
})

/** Whether a server was initialised here: the system database is there. */
export const isInitialised = (files: FileView, dir: string): boolean => exists(files, `${dir}/mysql`)

/** Reads what the directory holds; undefined when its files are damaged. */
export function load(files: FileView, dir: string): Data | undefined {
  try {
    const accounts = JSON.parse(readText(files, `${dir}/${ACCOUNTS}`) ?? '') as Account[]
    return { databases: loadTables(tables(files, dir)), accounts }
  } catch {
    return undefined
  }
}

/** Writes what changed between two states. Throws FileError when the disk takes no more. */
export function persist(files: FileView, dir: string, before: Data | undefined, after: Data): void {
  if (before?.accounts !== after.accounts) {
    makeDirectory(files, `${dir}/mysql`)
    files.write(`${dir}/${ACCOUNTS}`, JSON.stringify(after.accounts))
  }
  persistTables(tables(files, dir), before?.databases, after.databases)
}
