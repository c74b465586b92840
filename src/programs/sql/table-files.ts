/**
 * Tables as files: one a table (its definition, then one line a change), one directory a database. What is in these files is all that
 * survives; a server that starts reads them, each change is written before it is acknowledged.
 */
import type { FileView } from '../../script/files.ts'
import { makeDirectory, namesIn, removeAll } from '../text/files.ts'
import type { Column, Databases, Table, Value } from './contract.ts'

/** How a server calls its files. */
export interface TableFiles {
  readonly files: FileView
  readonly dir: string
  /** Such as `.ibd`. */
  readonly suffix: string
  /** Directories that are no databases. */
  isDatabase(name: string): boolean
}

/** What is no plain letter is escaped, as InnoDB does. */
const fileName = (name: string): string => name.replace(/[^\w]/g, (c) => `@${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
const nameOfFile = (name: string): string =>
  name.replace(/@([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

interface Header {
  readonly columns: readonly Column[]
  readonly primary: readonly number[]
  readonly nextId: number
}

const header = (t: Table): string => `${JSON.stringify({ columns: t.columns, primary: t.primary, nextId: t.nextId } satisfies Header)}\n`
const whole = (t: Table): string => header(t) + t.rows.map((r) => `${JSON.stringify(r)}\n`).join('')

/** Reads what the directory holds. Throws when its files are damaged. */
export function loadTables({ files, dir, suffix, isDatabase }: TableFiles): Databases {
  const databases: Record<string, Record<string, Table>> = {}
  for (const name of namesIn(files, dir)) {
    if (files.stat(`${dir}/${name}`)?.kind !== 'directory' || !isDatabase(name)) continue
    const tables: Record<string, Table> = {}
    for (const file of namesIn(files, `${dir}/${name}`))
      if (file.endsWith(suffix)) tables[nameOfFile(file.slice(0, -suffix.length))] = parseTable(files.read(`${dir}/${name}/${file}`))
    databases[nameOfFile(name)] = tables
  }
  return databases
}

function parseTable(text: string): Table {
  const lines = text.split('\n')
  const head = JSON.parse(lines[0]!) as Header
  const rows: (readonly Value[])[] = []
  let { nextId } = head
  for (const line of lines.slice(1)) {
    if (line === '') continue
    if (line.startsWith('=')) {
      const [at, row] = JSON.parse(line.slice(1)) as [number, Value[]]
      rows[at] = row
    } else if (line.startsWith('#')) nextId = Number(line.slice(1))
    else rows.push(JSON.parse(line) as Value[])
  }
  return { ...head, nextId, rows }
}

/** Writes what changed between two states. Throws FileError when the disk takes no more. */
export function persistTables({ files, dir, suffix }: TableFiles, before: Databases | undefined, after: Databases): void {
  if (before === after) return
  for (const name of Object.keys(before ?? {})) if (after[name] === undefined) removeAll(files, `${dir}/${fileName(name)}`)
  for (const [name, tables] of Object.entries(after)) {
    const old = before?.[name]
    if (old === tables) continue
    const folder = `${dir}/${fileName(name)}`
    makeDirectory(files, folder)
    for (const table of Object.keys(old ?? {})) if (tables[table] === undefined) removeAll(files, `${folder}/${fileName(table)}${suffix}`)
    for (const [table, now] of Object.entries(tables))
      if (old?.[table] !== now) persistTable(files, `${folder}/${fileName(table)}${suffix}`, old?.[table], now)
  }
}

/** New and changed rows are appended; anything else is written anew. */
function persistTable(files: FileView, path: string, before: Table | undefined, after: Table): void {
  if (before === undefined || before.columns !== after.columns || after.rows.length < before.rows.length) {
    files.write(path, whole(after))
    return
  }
  let text = ''
  for (let i = 0; i < before.rows.length; i++) if (before.rows[i] !== after.rows[i]) text += `=${JSON.stringify([i, after.rows[i]])}\n`
  for (let i = before.rows.length; i < after.rows.length; i++) text += `${JSON.stringify(after.rows[i])}\n`
  if (after.nextId !== before.nextId) text += `#${after.nextId}\n`
  if (text !== '') files.append(path, text)
}
