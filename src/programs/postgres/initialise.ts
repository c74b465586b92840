/** The first start on an empty directory: what the entrypoint script makes of the environment. Later starts read none of it. */
import type { ProcessContext } from '../contract.ts'
import { fileEnv } from '../text/context.ts'
import { exists, namesIn, readText } from '../text/files.ts'
import { runScript, type ServerFacts } from './connection.ts'
import type { Data, Role } from './contract.ts'
import { bothVariables, noPassword, oldPlace } from './messages.ts'
import { newRole } from './roles.ts'

const SCRIPTS = '/docker-entrypoint-initdb.d'
const ENTRYPOINT = '/usr/local/bin/docker-entrypoint.sh'
const OLD_DATA = '/var/lib/postgresql/data'

const empty = (ctx: ProcessContext, name: string): boolean => (ctx.env[name] ?? '') === ''

/** Why the script refuses to begin on a directory without a database; undefined when it does not. */
export function refusal(ctx: ProcessContext): string | undefined {
  for (const name of ['POSTGRES_PASSWORD', 'POSTGRES_USER', 'POSTGRES_DB'])
    if (!empty(ctx, name) && !empty(ctx, `${name}_FILE`)) return bothVariables(name)
  if (ctx.env['POSTGRES_HOST_AUTH_METHOD'] === 'trust') return undefined
  return fileEnv(ctx, 'POSTGRES_PASSWORD') ? undefined : noPassword
}

/** Since 18: something is mounted where the data lay before. The image itself no longer has that directory. */
export function oldMount(ctx: ProcessContext, major: number, dataDir: string): string | undefined {
  if (major < 18 || dataDir.startsWith(OLD_DATA) || !exists(ctx.files, OLD_DATA)) return undefined
  return oldPlace(exists(ctx.files, `${OLD_DATA}/PG_VERSION`) ? OLD_DATA : `${OLD_DATA} (unused mount/volume)`)
}

export const hostAuthMethod = (ctx: ProcessContext): string => ctx.env['POSTGRES_HOST_AUTH_METHOD'] || 'scram-sha-256'

const userOf = (ctx: ProcessContext): string => fileEnv(ctx, 'POSTGRES_USER') || 'postgres'
const databaseOf = (ctx: ProcessContext): string => fileEnv(ctx, 'POSTGRES_DB') || userOf(ctx)

/** What initdb makes: the superuser with its password, and the database `postgres`. */
export function bareData(ctx: ProcessContext): Data {
  const superuser = newRole(userOf(ctx), {
    login: true,
    superuser: true,
    createdb: true,
    createrole: true,
    password: fileEnv(ctx, 'POSTGRES_PASSWORD') ?? '',
  })
  return { databases: { postgres: {} }, schemas: {}, roles: [superuser], owners: { postgres: superuser.name } }
}

/** Adds POSTGRES_DB and runs the scripts; undefined when one fails, which ends the start. */
export function initialData(ctx: ProcessContext, bare: Data, server: ServerFacts): Data | undefined {
  const role = bare.roles[0]!
  const database = databaseOf(ctx)
  let data = bare
  if (data.databases[database] === undefined) {
    data = { ...data, databases: { ...data.databases, [database]: {} }, owners: { ...data.owners, [database]: role.name } }
    ctx.log('CREATE DATABASE')
    ctx.log('')
  }
  const names = namesIn(ctx.files, SCRIPTS).filter((n) => !n.startsWith('.'))
  if (names.length === 0) ctx.log(`\n${ENTRYPOINT}: ignoring ${SCRIPTS}/*\n`)
  for (const name of names) {
    const next = script(ctx, `${SCRIPTS}/${name}`, data, role, database, server)
    if (next === undefined) return undefined
    data = next
  }
  return data
}

function script(ctx: ProcessContext, path: string, data: Data, role: Role, database: string, server: ServerFacts): Data | undefined {
  if (!path.endsWith('.sql')) {
    const runs = /\.(sh|sql\.(gz|xz|zst))$/.test(path)
    ctx.log(runs ? `${path}: ignored: clusterlab runs only .sql files here` : `${ENTRYPOINT}: ignoring ${path}`)
    return data
  }
  ctx.log(`${ENTRYPOINT}: running ${path}`)
  const done = runScript(readText(ctx.files, path) ?? '', data, role, database, server)
  for (const tag of done.tags) ctx.log(tag)
  if (done.error === undefined) {
    ctx.log('\n')
    return done.data
  }
  ctx.log(`psql:${path}:${done.tags.length + 1}: ERROR:  ${done.error.message}`, 'stderr')
  return undefined
}

/** How much the scripts hold: what makes a long first start. */
export const scriptBytes = (ctx: ProcessContext): number =>
  namesIn(ctx.files, SCRIPTS).reduce((sum, name) => sum + (readText(ctx.files, `${SCRIPTS}/${name}`)?.length ?? 0), 0)
