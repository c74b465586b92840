/**
 * MongoDB, one server or a member of a replica set: documents, users, write concerns, elections. Models the official images 5 to 8.
 * Memory: the process, and what its cache holds of the data.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { untilDiskFails } from '../serving/disk.ts'
import { type Serving, served } from '../serving/events.ts'
import { fileEnv, slowdown } from '../text/context.ts'
import { makeDirectory, namesIn, readText, writeText } from '../text/files.ts'
import { BASE_BYTES, hashPassword, serve } from './commands.ts'
import { type LogEntry, MongoError, type MongoReply, type MongoRequest, type State } from './contract.ts'
import { keyOf } from './documents.ts'
import { halfCredentials, log, noKeyFile } from './messages.ts'
import { answer, heartbeat, joined, stand, stepDown } from './replica-set.ts'
import { mongosh } from './shell.ts'
import { appendLog, apply, readKept, readLog } from './store.ts'

const START_MS = 1_500
const INIT_MS = 3_000
const RECOVERY_MS = 1_000

/** `--name value` and `--name=value`. */
function option(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((a) => a === `--${name}` || a.startsWith(`--${name}=`))
  return at < 0 ? undefined : argv[at]!.includes('=') ? argv[at]!.slice(argv[at]!.indexOf('=') + 1) : (argv[at + 1] ?? '')
}

function fail(s: State, ctx: ProcessContext, text: string, code: number): State {
  ctx.log(text, 'stderr')
  ctx.exit(code)
  return { ...s, phase: 'stopped' }
}

const SCRIPTS = '/docker-entrypoint-initdb.d'
/** What the image would run on an empty directory. */
const scripts = (ctx: ProcessContext): string[] => namesIn(ctx.files, SCRIPTS).filter((name) => /\.(js|sh)$/.test(name))

function start(ctx: ProcessContext): State {
  const user = fileEnv(ctx, 'MONGO_INITDB_ROOT_USERNAME')
  const password = fileEnv(ctx, 'MONGO_INITDB_ROOT_PASSWORD')
  const setName = option(ctx.argv, 'replSet')
  const auth = ctx.argv.includes('--auth') || Boolean(user && password) || ctx.argv.some((a) => a.startsWith('--keyFile'))
  const state: State = {
    phase: 'starting',
    port: Number(option(ctx.argv, 'port') ?? 27017),
    dbPath: option(ctx.argv, 'dbpath') ?? '/data/db',
    ...(setName !== undefined && { setName: setName.split('/')[0]! }),
    auth,
    log: [],
    databases: {},
    bytes: 0,
    startedMs: ctx.nowMs,
    term: 0,
    votedTerm: 0,
    role: setName === undefined ? 'standalone' : 'startup',
    heardMs: ctx.nowMs,
    peers: {},
  }
  if (Boolean(user) !== Boolean(password)) return fail(state, ctx, halfCredentials, 1)
  if (auth && setName !== undefined && !ctx.argv.some((a) => a.startsWith('--keyFile'))) return fail(state, ctx, noKeyFile, 2)
  ctx.memory(80 * 1024 * 1024)
  ctx.cpu(600)
  log(ctx, 'I', 'CONTROL', 'MongoDB starting', { pid: 1, port: state.port, dbPath: state.dbPath, host: ctx.hostname })
  const isNew = readText(ctx.files, `${state.dbPath}/WiredTiger`) === undefined
  if (isNew) for (const name of scripts(ctx)) ctx.log(`${SCRIPTS}/${name}: ignored: clusterlab runs no scripts here`)
  const crashed = (readText(ctx.files, `${state.dbPath}/mongod.lock`) ?? '') !== ''
  if (crashed) log(ctx, 'W', 'STORAGE', 'Detected unclean shutdown - Lock file is not empty', { lockFile: `${state.dbPath}/mongod.lock` })
  ctx.timer('start', (START_MS + (isNew && user ? INIT_MS : 0) + (crashed ? RECOVERY_MS : 0)) * slowdown(ctx))
  return state
}

/** The root user of the first start. */
function rootUser(ctx: ProcessContext): LogEntry[] {
  const user = fileEnv(ctx, 'MONGO_INITDB_ROOT_USERNAME')
  const password = fileEnv(ctx, 'MONGO_INITDB_ROOT_PASSWORD')
  if (!user || !password) return []
  const _id = `admin.${user}`
  const doc = { _id, user, hash: hashPassword(password), roles: [{ role: 'root', db: 'admin' }] }
  return [{ index: 1, term: 0, db: 'admin', collection: 'system.users', id: keyOf(_id), doc }]
}

function up(s: State, ctx: ProcessContext): State {
  const { dbPath } = s
  try {
    makeDirectory(ctx.files, dbPath)
    if (readText(ctx.files, `${dbPath}/WiredTiger`) === undefined) {
      appendLog(ctx.files, dbPath, rootUser(ctx))
      writeText(ctx.files, `${dbPath}/WiredTiger`, 'WiredTiger\n')
    }
    writeText(ctx.files, `${dbPath}/mongod.lock`, '1\n')
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(ctx, 'E', 'CONTROL', 'DBException in initAndListen, terminating', { error: `${error.path}: ${error.message}` })
    return fail(s, ctx, '', 100)
  }
  const entries = readLog(ctx.files, dbPath)
  const bytes = JSON.stringify(entries).length
  const kept = readKept(ctx.files, dbPath)
  ctx.memory(BASE_BYTES + bytes)
  ctx.cpu(5)
  ctx.listen(s.port)
  log(ctx, 'I', 'NETWORK', 'Listening on', { address: '0.0.0.0' })
  log(ctx, 'I', 'NETWORK', 'Waiting for connections', { port: s.port, ssl: 'off' })
  const ready: State = { ...s, phase: 'up', log: entries, databases: apply({}, entries), bytes, heardMs: ctx.nowMs }
  if (s.setName === undefined) return ready
  if (kept.config === undefined) {
    log(ctx, 'I', 'REPL', 'Did not find local replica set configuration document at startup', {})
    return ready
  }
  return joined({ ...ready, ...kept }, ctx)
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol !== 'mongodb') {
    ctx.reset()
    return s
  }
  const message = event.payload as MongoRequest
  if (message.kind !== 'commands') {
    const done = answer(s, message, ctx)
    ctx.reply(done.reply, 1)
    return done.state
  }
  const done = serve(s, message, ctx)
  if (done === 'denied') {
    log(ctx, 'I', 'ACCESS', 'Authentication failed', {
      user: message.credentials!.user,
      error: 'AuthenticationFailed: SCRAM authentication failed',
    })
    ctx.reply({ kind: 'denied' } satisfies MongoReply, 2)
    return s
  }
  if (done.hangs) ctx.hang()
  else ctx.reply({ kind: 'results', results: done.results } satisfies MongoReply, done.ms * slowdown(ctx))
  return done.state
}

function stop(s: State, ctx: ProcessContext): State {
  let next = s
  if (s.phase === 'up') {
    log(ctx, 'I', 'CONTROL', 'Received signal', { signal: 15, error: 'Terminated' })
    if (s.role === 'primary') {
      try {
        next = stepDown(s, ctx)
      } catch (error) {
        if (!(error instanceof MongoError)) throw error
      }
    }
    try {
      writeText(ctx.files, `${s.dbPath}/mongod.lock`, '')
    } catch (error) {
      if (!(error instanceof FileError)) throw error
    }
    log(ctx, 'I', 'CONTROL', 'Shutting down', { exitCode: 0 })
  }
  ctx.exit(0)
  return { ...next, phase: 'stopped' }
}

const SERVING: Serving<State> = {
  idleMilli: 5,
  request,
  stop,
  timer: (state, id, ctx) => (id === 'start' ? up(state, ctx) : id === 'heartbeat' ? heartbeat(state, ctx) : stand(state, ctx)),
}

export const mongo: Program<State> = {
  name: 'mongo',
  executables: ['mongod'],
  commands: [mongosh],
  start,
  on: untilDiskFails(
    (state, event, ctx) => served(state, event, ctx, SERVING),
    (state, error, ctx) => {
      // A member whose disk takes no more cannot follow: it ends, as WiredTiger makes it.
      log(ctx, 'E', 'WT', 'WiredTiger error message', { message: `${error.path}: ${error.message}` })
      log(ctx, 'F', 'ASSERT', 'Fatal assertion', { msgid: 50853 })
      ctx.exit(14)
      return { ...state, phase: 'stopped' }
    },
  ),
}
