/** The first start on an empty directory: what the entrypoint script makes of the environment. Later starts read none of it. */
import { sha256 } from '../../lib/hash.ts'
import type { ProcessContext } from '../contract.ts'
import { SqlError } from '../sql/contract.ts'
import { statements } from '../sql/lex.ts'
import { fileEnv } from '../text/context.ts'
import { namesIn, readText } from '../text/files.ts'
import { hashPassword } from './accounts.ts'
import { runAll } from './connection.ts'
import type { Account, Data } from './contract.ts'
import { dialect } from './dialect.ts'
import { entrypoint, type Flavour, noPassword, rootUser } from './messages.ts'

/** MARIADB_X, then MYSQL_X. */
const variable = (ctx: ProcessContext, name: string): string | undefined => fileEnv(ctx, `MARIADB_${name}`) ?? fileEnv(ctx, `MYSQL_${name}`)

/** Why the script refuses to begin; undefined when it does not. */
export function refusal(ctx: ProcessContext, f: Flavour): string | undefined {
  const given =
    variable(ctx, 'ROOT_PASSWORD') ||
    variable(ctx, 'ALLOW_EMPTY_ROOT_PASSWORD') ||
    variable(ctx, 'ALLOW_EMPTY_PASSWORD') ||
    variable(ctx, 'RANDOM_ROOT_PASSWORD') ||
    variable(ctx, 'ROOT_PASSWORD_HASH')
  if (!given) return noPassword(f)
  if (variable(ctx, 'USER') === 'root') return rootUser(f)
  return undefined
}

const ALL = { '*': ['ALL'] } as const

/** What mariadb-install-db makes: a root that only the socket of this machine lets in. */
export const bareData = (): Data => ({
  databases: {},
  accounts: [{ user: 'root', host: 'localhost', hash: '', socketOnly: true, grants: ALL }],
})

/** What a half-done and a finished initialisation differ in: databases, users, passwords, and the scripts of `/docker-entrypoint-initdb.d`. */
export function initialData(ctx: ProcessContext, f: Flavour): Data | undefined {
  const say = (text: string, level?: 'Warn'): void => ctx.log(entrypoint(f, ctx.nowMs, text, level))
  let root = variable(ctx, 'ROOT_PASSWORD') ?? ''
  if (variable(ctx, 'RANDOM_ROOT_PASSWORD')) {
    root = sha256(`${ctx.pod.uid}/${ctx.random('root-password')}`).slice(0, 32)
    say(`GENERATED ROOT PASSWORD: ${root}`)
  }
  const rootHosts = ['localhost', variable(ctx, 'ROOT_HOST') ?? '%'].filter((h, i, all) => h !== '' && all.indexOf(h) === i)
  const accounts: Account[] = rootHosts.map((host) => ({ user: 'root', host, hash: hashPassword(root), grants: ALL }))
  if (f.name === 'mariadb') {
    const granted = variable(ctx, 'HEALTHCHECK_GRANTS')
      ?.toUpperCase()
      .split(/\s*,\s*/)
    const grants: Account['grants'] = granted === undefined ? {} : { '*': granted }
    accounts.push({ user: 'healthcheck', host: 'localhost', hash: hashPassword('healthcheck'), socketOnly: true, grants })
  }
  const database = variable(ctx, 'DATABASE')
  const user = variable(ctx, 'USER')
  const password = variable(ctx, 'PASSWORD')
  if (database) say(`Creating database ${database}`)
  if (user && password) {
    say(`Creating user ${user}`)
    if (database) say(`Giving user ${user} access to schema ${database}`)
    accounts.push({ user, host: '%', hash: hashPassword(password), grants: database ? { [database]: ['ALL'] } : {} })
  } else if (user || password) say('Missing user or password: not creating a user', 'Warn')
  const replicator = variable(ctx, 'REPLICATION_USER')
  const replicatorPassword = variable(ctx, 'REPLICATION_PASSWORD')
  if (replicator && replicatorPassword && !variable(ctx, 'MASTER_HOST')) {
    say(`Creating user ${replicator}`)
    accounts.push({ user: replicator, host: '%', hash: hashPassword(replicatorPassword), grants: { '*': ['REPLICATION SLAVE'] } })
  }
  return scripts(ctx, f, { databases: database ? { [database]: {} } : {}, accounts }, database)
}

/** Runs the `.sql` files in name order; a script that fails ends the start, as `set -e` has it. */
function scripts(ctx: ProcessContext, f: Flavour, data: Data, database: string | undefined): Data | undefined {
  const dir = '/docker-entrypoint-initdb.d'
  for (const name of namesIn(ctx.files, dir)) {
    if (name.startsWith('.')) continue
    if (!name.endsWith('.sql')) {
      ctx.log(entrypoint(f, ctx.nowMs, `${dir}/${name}: ignored: clusterlab runs only .sql files here`, 'Warn'))
      continue
    }
    ctx.log(entrypoint(f, ctx.nowMs, `${dir}: running ${dir}/${name}`))
    const root = data.accounts.find((a) => a.user === 'root')!
    let sql: string[]
    try {
      sql = statements(readText(ctx.files, `${dir}/${name}`) ?? '', dialect)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      ctx.log(`ERROR ${error.errno} (${error.sqlState}) at line 1: ${error.message}`, 'stderr')
      return undefined
    }
    const done = runAll(sql, data, root, { nowMs: ctx.nowMs, version: f.version, user: 'root@localhost', database, variables: () => ({}) })
    if (done.error) {
      ctx.log(`ERROR ${done.error.errno} (${done.error.sqlState}) at line 1: ${done.error.message}`, 'stderr')
      return undefined
    }
    data = done.data
  }
  return data
}

/** How many statements the scripts hold: what makes a long first start. */
export function scriptBytes(ctx: ProcessContext): number {
  const dir = '/docker-entrypoint-initdb.d'
  return namesIn(ctx.files, dir).reduce((sum, name) => sum + (readText(ctx.files, `${dir}/${name}`)?.length ?? 0), 0)
}

/** The primary that MARIADB_MASTER_HOST names: the first start makes a replica of it. */
export function firstPrimary(ctx: ProcessContext): { readonly host: string; readonly user: string; readonly password: string } | undefined {
  const host = variable(ctx, 'MASTER_HOST')
  if (!host) return undefined
  return { host, user: variable(ctx, 'REPLICATION_USER') ?? '', password: variable(ctx, 'REPLICATION_PASSWORD') ?? '' }
}
