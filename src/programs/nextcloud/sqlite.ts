/** SQLite as Nextcloud uses it: tables in one file of the data directory, statements of one process at a time. Its text here is JSON. */
import { FileError, type FileView } from '../../script/files.ts'
import { dialect } from '../mariadb/dialect.ts'
import { type Databases, type Result, SqlError } from '../sql/contract.ts'
import { tableStatement } from '../sql/parse-table.ts'
import { runTableStatement } from '../sql/run-tables.ts'
import type { SqlSession } from '../sql/session.ts'
import { parser } from '../sql/words.ts'
import { readText, writeText } from '../text/files.ts'

const MAIN = 'main'
const parse = parser(dialect, (w) => {
  const statement = tableStatement(w)
  if (statement === undefined) throw dialect.says.syntax(w.sql)
  return statement
})

function load(files: FileView, path: string): Databases {
  try {
    return { [MAIN]: JSON.parse(readText(files, path) ?? '{}') as Databases[string] }
  } catch {
    throw new SqlError(26, 'HY000', 'file is not a database')
  }
}

/** Runs statements on the file; the first that fails ends them with what PDO says. */
export function runSqlite(
  files: FileView,
  path: string,
  sql: readonly string[],
  nowMs: number,
): { readonly results: readonly Result[]; readonly error?: string } {
  const results: Result[] = []
  try {
    const before = load(files, path)
    let databases = before
    for (const text of sql) {
      const session: SqlSession = {
        databases,
        dialect,
        facts: { nowMs, version: '3.46.1', user: '', account: '', database: MAIN, variables: {}, lastId: 0 },
        place: (name) => ({ database: MAIN, table: name.table }),
        need: () => {},
        system: () => undefined,
      }
      const done = runTableStatement(parse(text), session)
      databases = done.databases
      results.push(done.result)
    }
    if (databases !== before) writeText(files, path, JSON.stringify(databases[MAIN]))
    return { results }
  } catch (error) {
    if (error instanceof FileError) return { results, error: `SQLSTATE[HY000]: General error: 10 disk I/O error: ${error.message}` }
    if (!(error instanceof SqlError)) throw error
    return { results, error: `SQLSTATE[HY000]: General error: 1 ${error.message}` }
  }
}
