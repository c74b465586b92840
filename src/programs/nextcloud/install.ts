/** `occ maintenance:install` and `occ upgrade`: tables, the first account, config.php. */

import { sha256 } from '../../lib/hash.ts'
import type { ProcessContext } from '../contract.ts'
import { makeDirectory, writeText } from '../text/files.ts'
import { quoted, run, schema } from './database.ts'
import type { PhpArray } from './php-array.ts'
import { codeVersion, dataDirectory, ROOT, readConfig, textAt, withValue, writeConfig } from './settings.ts'

export interface InstallOptions {
  readonly adminUser: string
  readonly adminPassword: string
  readonly dbtype: 'sqlite3' | 'mysql' | 'pgsql'
  readonly dbname: string
  readonly dbuser: string
  readonly dbpassword: string
  readonly dbhost: string
  readonly dataDirectory: string
  /** What the browser asked, or what the console takes: the first trusted domain. */
  readonly host: string
}

/** As password_hash gives one, of the password alone, so that the same seed gives the same bytes. */
export const hashed = (password: string): string => `3|$argon2id$v=19$m=65536,t=4,p=1$${sha256(`nextcloud/${password}`).slice(0, 43)}`

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
function letters(ctx: ProcessContext, purpose: string, count: number): string {
  return Array.from({ length: count }, (_, i) => LETTERS[Math.floor(ctx.random(`nextcloud-${purpose}`, i) * LETTERS.length)]).join('')
}

/** What makes an account: refused with a reason, or undefined. `display` may be empty. */
export function addUser(config: PhpArray, ctx: ProcessContext, uid: string, password: string, display = ''): string | undefined {
  const q = (v: string): string => quoted(config, v)
  if (!/^[\w .@'+-]+$/.test(uid)) return 'Only the following characters are allowed in an Login: "a-z", "A-Z", "0-9", spaces and "_.@-\'"'
  const seen = run(config, [`SELECT uid FROM oc_users WHERE uid = ${q(uid)}`], ctx)
  if (!seen.ok) return seen.error
  if (seen.rows[0]!.length > 0) return 'The Login is already being used'
  if (password.length === 0) return 'A valid password must be provided'
  const made = run(
    config,
    [`INSERT INTO oc_users (uid, displayname, password) VALUES (${q(uid)}, ${q(display)}, ${q(hashed(password))})`],
    ctx,
  )
  return made.ok ? undefined : made.error
}

/** Installs; gives the error that ended it. What was made before it stays, as in life. */
export function install(o: InstallOptions, ctx: ProcessContext): string | undefined {
  const fresh: PhpArray = {
    ...readConfig(ctx.files),
    instanceid: `oc${letters(ctx, 'instance', 10)}`,
    passwordsalt: letters(ctx, 'salt', 30),
    secret: letters(ctx, 'secret', 48),
    trusted_domains: { 0: o.host },
    datadirectory: o.dataDirectory,
    dbtype: o.dbtype,
    version: codeVersion(ctx.files) ?? '',
    'overwrite.cli.url': `http://${o.host}`,
    dbname: o.dbname,
    ...(o.dbtype !== 'sqlite3' && {
      dbhost: o.dbhost,
      dbport: '',
      dbtableprefix: 'oc_',
      ...(o.dbtype === 'mysql' && { 'mysql.utf8mb4': true }),
      dbuser: o.dbuser,
      dbpassword: o.dbpassword,
    }),
  }
  makeDirectory(ctx.files, o.dataDirectory)
  writeText(ctx.files, `${o.dataDirectory}/.ncdata`, '# Nextcloud data directory\n# Do not change this file\n')
  const tables = run(fresh, schema(fresh), ctx)
  if (!tables.ok) return `Error while trying to create admin user: ${tables.error}\n -> `
  const refused = addUser(fresh, ctx, o.adminUser, o.adminPassword)
  if (refused !== undefined) return refused
  const q = (v: string): string => quoted(fresh, v)
  const noted = run(
    fresh,
    [
      `INSERT INTO oc_appconfig (appid, configkey, configvalue) VALUES ('core', 'installedat', ${q(String(ctx.nowMs / 1000))}), ('core', 'vendor', 'nextcloud'), ('core', 'lastcron', '0')`,
    ],
    ctx,
  )
  if (!noted.ok) return noted.error
  writeConfig(ctx.files, { ...fresh, installed: true })
  return undefined
}

/** What the variables of the image ask for; undefined where they do not say enough for an installation by themselves. */
export function optionsFromEnv(
  ctx: ProcessContext,
  read: (name: string) => string | undefined,
): (InstallOptions & { readonly title: string }) | undefined {
  const [adminUser, adminPassword] = [read('NEXTCLOUD_ADMIN_USER'), read('NEXTCLOUD_ADMIN_PASSWORD')]
  if (adminUser === undefined || adminPassword === undefined) return undefined
  const common = { adminUser, adminPassword, dataDirectory: ctx.env['NEXTCLOUD_DATA_DIR'] || `${ROOT}/data`, host: 'localhost' }
  const sqlite = ctx.env['SQLITE_DATABASE']
  if (sqlite !== undefined) return { ...common, dbtype: 'sqlite3', dbname: sqlite, dbuser: '', dbpassword: '', dbhost: '', title: 'SQLite' }
  const server = (
    dbtype: 'mysql' | 'pgsql',
    title: string,
    prefix: string,
    database: string,
  ): (InstallOptions & { title: string }) | undefined => {
    const [dbname, dbuser, dbpassword] = [read(database), read(`${prefix}_USER`), read(`${prefix}_PASSWORD`)]
    const dbhost = ctx.env[`${prefix}_HOST`]
    if (dbname === undefined || dbuser === undefined || dbpassword === undefined || dbhost === undefined) return undefined
    return { ...common, dbtype, dbname, dbuser, dbpassword, dbhost, title }
  }
  return server('mysql', 'MySQL', 'MYSQL', 'MYSQL_DATABASE') ?? server('pgsql', 'PostgreSQL', 'POSTGRES', 'POSTGRES_DB')
}

/** `occ upgrade`: its lines, and whether it came to its end. */
export function upgrade(ctx: ProcessContext): { readonly lines: readonly string[]; readonly ok: boolean } {
  const config = readConfig(ctx.files)
  const to = codeVersion(ctx.files) ?? ''
  if (config === undefined) return { lines: ['PHP Parse error in config/config.php'], ok: false }
  if (textAt(config, 'version') === to) return { lines: ['Nextcloud is already latest version'], ok: true }
  const reached = run(config, [`SELECT configvalue FROM oc_appconfig WHERE appid = 'core'`, ...schema(config)], ctx)
  if (!reached.ok) return { lines: ['An unhandled exception has been thrown:', reached.error], ok: false }
  writeConfig(ctx.files, withValue(withValue(config, ['version'], to), ['maintenance'], false))
  return {
    lines: [
      'Setting log level to debug',
      'Turned on maintenance mode',
      'Updating database schema',
      'Updated database',
      'Starting code integrity check...',
      'Finished code integrity check',
      'Update successful',
      'Turned off maintenance mode',
      'Resetting log level',
    ],
    ok: true,
  }
}

/** Where a user's files lie. */
export const homeOf = (config: PhpArray, uid: string): string => `${dataDirectory(config)}/${uid}`
