/**
 * PostgreSQL, one server: initialises an empty PGDATA from the environment once, then serves what the directory holds. Models the
 * official images 14 to 18. Memory: the server, and the shared buffers that use fills up to their size. Two servers over one directory
 * do not notice each other, as in life in two containers: each is process 1 and takes the other's lock file for its own old one.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import type { Value } from '../sql/contract.ts'
import { MiB, slowdown } from '../text/context.ts'
import { exists, makeDirectory, namesIn, readText, removeAll, writeText } from '../text/files.ts'
import { clientCommands } from './clients.ts'
import { connect, type ServerFacts } from './connection.ts'
import { type Data, type PgError, type PgRequest, socketPath } from './contract.ts'
import { load, persist, readControl, versionOf, writeControl } from './data-files.ts'
import { timestamp } from './dialect.ts'
import { defaultHba, parseHba } from './hba.ts'
import { bareData, hostAuthMethod, initialData, oldMount, refusal, scriptBytes } from './initialise.ts'
import * as says from './messages.ts'
import { dataDirectory, readSettings, type Settings } from './settings.ts'

interface State {
  readonly phase: 'initdb' | 'init-scripts' | 'starting' | 'up' | 'stopped'
  readonly settings: Settings
  readonly data?: Data
  /** The text of pg_hba.conf as last read. */
  readonly hba: string
  /** Bytes of the shared buffers in use. */
  readonly buffered: number
  readonly filledMs: number
  readonly startedMs: number
  /** Until when connections are held that take long. */
  readonly busy: readonly number[]
  /** Of load that is counted instead of sent. */
  readonly inFlight: number
  readonly crashed: boolean
}

const BASE_BYTES = 26 * MiB
const INITDB_MS = 2_500
const SCRIPTS_MS = 900
const START_MS = 300
const RECOVERY_MS = 900
const FILL_BYTES = 8 * MiB
const FILL_EVERY_MS = 1_000
/** During the first start only the Unix socket is open; the simulated network has no sockets but ports. */
const INTERNAL_PORT = 54_320
const LONG_MS = 50

const versionFor = (ctx: Pick<ProcessContext, 'env'>): string => /^\d+\.\d+/.exec(ctx.env['PG_VERSION'] ?? '')?.[0] ?? '17.6'
const majorOf = (ctx: Pick<ProcessContext, 'env'>): number => Number.parseInt(versionFor(ctx), 10)

function fail(state: State, ctx: ProcessContext, lines: readonly string[], code = 1): State {
  for (const text of lines) ctx.log(text, 'stderr')
  ctx.exit(code)
  return { ...state, phase: 'stopped' }
}

function start(ctx: ProcessContext): State {
  const dataDir = dataDirectory(ctx)
  const state: State = {
    phase: 'starting',
    settings: readSettings(ctx, dataDir).settings,
    hba: '',
    buffered: 2 * MiB,
    filledMs: 0,
    startedMs: ctx.nowMs,
    busy: [],
    inFlight: 0,
    crashed: false,
  }
  ctx.memory(12 * MiB)
  try {
    makeDirectory(ctx.files, '/var/run/postgresql')
    for (const name of namesIn(ctx.files, '/var/run/postgresql')) removeAll(ctx.files, `/var/run/postgresql/${name}`)
    const old = oldMount(ctx, majorOf(ctx), dataDir)
    if (old !== undefined) return fail(state, ctx, [old])
    makeDirectory(ctx.files, dataDir)
    if (versionOf(ctx.files, dataDir) === undefined) return initialise(state, ctx)
    ctx.log(says.skippingInit)
    return launch(state, ctx)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return fail(state, ctx, [`mkdir: cannot create directory ‘${error.path}’: ${error.message}`])
  }
}

function initialise(state: State, ctx: ProcessContext): State {
  const { dataDir } = state.settings
  const why = refusal(ctx)
  if (why !== undefined) return fail(state, ctx, [why])
  const held = namesIn(ctx.files, dataDir).filter((n) => n !== '.keep')
  ctx.log(says.initdbBegins(dataDir).split('\n\n').slice(0, 3).join('\n\n'))
  if (held.length > 0) return fail(state, ctx, ['', says.notEmpty(dataDir, held.includes('lost+found'), majorOf(ctx))])
  ctx.log(says.initdbBegins(dataDir).split('\n\n').slice(3).join('\n\n'))
  writeText(ctx.files, `${dataDir}/PG_VERSION`, `${majorOf(ctx)}\n`)
  ctx.memory(60 * MiB)
  ctx.cpu(900)
  ctx.timer('step', INITDB_MS * slowdown(ctx))
  return { ...state, phase: 'initdb' }
}

function serverFacts(state: State, ctx: ProcessContext): ServerFacts {
  const { settings } = state
  const sizes = Object.entries(state.data?.databases ?? {}).map(([name, tables]) => [
    `\0size:${name}`,
    7_400_000 + Object.values(tables).reduce((sum, t) => sum + 8192 * Math.ceil((t.rows.length + 1) / 60), 0),
  ])
  const variables: Record<string, Value> = {
    ...settings.shown,
    ...(Object.fromEntries(sizes) as Record<string, Value>),
    server_version: says.shortVersion(versionFor(ctx)),
    server_version_num: String(majorOf(ctx) * 10_000 + Number(versionFor(ctx).split('.')[1])),
    hba_file: settings.hbaFile,
    '\0started': timestamp(state.startedMs),
  }
  return {
    nowMs: ctx.nowMs,
    version: says.versionText(versionFor(ctx)),
    major: majorOf(ctx),
    variables,
    hba: parseHba(state.hba),
    hbaPath: settings.hbaFile,
  }
}

/** What the timer `step` leads to in each phase. */
function step(state: State, ctx: ProcessContext): State {
  const { dataDir } = state.settings
  switch (state.phase) {
    case 'initdb': {
      const data = bareData(ctx)
      persist(ctx.files, dataDir, undefined, data)
      const hba = defaultHba(hostAuthMethod(ctx))
      writeText(ctx.files, `${dataDir}/pg_hba.conf`, hba)
      writeText(ctx.files, `${dataDir}/postgresql.conf`, "listen_addresses = '*'\nmax_connections = 100\nshared_buffers = 128MB\n")
      writeControl(ctx.files, dataDir, { state: 'in production', atMs: ctx.nowMs })
      ctx.log(says.initdbEnds(dataDir))
      if (hostAuthMethod(ctx) === 'trust')
        ctx.log(
          'WARNING: POSTGRES_HOST_AUTH_METHOD has been set to "trust". This will allow\n         anyone with access to the Postgres port to access your database without\n         a password, even if POSTGRES_PASSWORD is set.',
          'stderr',
        )
      ctx.listen(INTERNAL_PORT)
      writeText(ctx.files, socketPath(state.settings.port), String(INTERNAL_PORT))
      ctx.timer('step', (SCRIPTS_MS + scriptBytes(ctx) / 100) * slowdown(ctx))
      return { ...state, phase: 'init-scripts', data, hba }
    }
    case 'init-scripts': {
      const data = initialData(ctx, state.data!, serverFacts(state, ctx))
      if (data === undefined) return fail(state, ctx, [], 3)
      persist(ctx.files, dataDir, state.data, data)
      writeControl(ctx.files, dataDir, { state: 'shut down', atMs: ctx.nowMs })
      ctx.unlisten(INTERNAL_PORT)
      removeAll(ctx.files, socketPath(state.settings.port))
      ctx.log(says.initDone)
      return launch(state, ctx)
    }
    case 'starting':
      return open(state, ctx)
    default:
      return state
  }
}

/** The server itself: checks the directory, listens, and looks whether there is something to recover. */
function launch(state: State, ctx: ProcessContext): State {
  const { dataDir } = state.settings
  const { settings, wrong } = readSettings(ctx, dataDir)
  const at = (text: string): string => says.line(ctx.nowMs, 1, text)
  if (wrong !== undefined) return fail(state, ctx, [at(`FATAL:  ${wrong}`)])
  const made = versionOf(ctx.files, dataDir)!
  if (made !== String(majorOf(ctx))) return fail(state, ctx, says.incompatible(ctx.nowMs, made, versionFor(ctx)))
  const control = readControl(ctx.files, dataDir)
  if (control === undefined) return fail(state, ctx, [says.noControlFile(dataDir)], 2)
  const hba = readText(ctx.files, settings.hbaFile)
  if (hba === undefined)
    return fail(state, ctx, [
      at(`LOG:  could not open file "${settings.hbaFile}": No such file or directory`),
      at('FATAL:  could not load hba.conf'.replace('hba.conf', settings.hbaFile)),
    ])
  for (const text of says.starting(ctx.nowMs, versionFor(ctx), settings.port, socketPath(settings.port))) ctx.log(text, 'stderr')
  const crashed = control.state === 'in production'
  const opening = crashed ? says.recovering(ctx.nowMs, control.atMs) : says.wasShutDown(ctx.nowMs, control.atMs)
  for (const text of opening) ctx.log(text, 'stderr')
  ctx.listen(settings.port)
  writeText(ctx.files, socketPath(settings.port), String(settings.port))
  writeText(ctx.files, `${dataDir}/postmaster.pid`, `1\n${dataDir}\n${Math.floor(ctx.nowMs / 1000)}\n${settings.port}\n`)
  ctx.memory(BASE_BYTES)
  ctx.cpu(300)
  ctx.timer('step', (START_MS + (crashed ? RECOVERY_MS : 0)) * slowdown(ctx))
  return { ...state, settings, hba, phase: 'starting', crashed }
}

function open(state: State, ctx: ProcessContext): State {
  const { dataDir } = state.settings
  const data = load(ctx.files, dataDir)
  if (data === undefined)
    return fail(state, ctx, [
      says.line(ctx.nowMs, 29, 'PANIC:  could not read file "global/pg_authid": read 0 of 8192'),
      says.line(ctx.nowMs, 1, 'LOG:  startup process (PID 29) was terminated by signal 6: Aborted'),
      says.line(ctx.nowMs, 1, 'LOG:  aborting startup due to startup process failure'),
    ])
  writeControl(ctx.files, dataDir, { state: 'in production', atMs: ctx.nowMs })
  if (state.crashed) for (const text of says.recovered(ctx.nowMs, RECOVERY_MS / 1000)) ctx.log(text, 'stderr')
  ctx.log(says.ready(ctx.nowMs), 'stderr')
  ctx.memory(BASE_BYTES + state.buffered)
  ctx.cpu(3)
  return { ...state, phase: 'up', data }
}

/** A disk that takes no more ends what was being done; the server itself lives on when it is up. */
function tried(state: State, ctx: ProcessContext, act: () => State): State {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return fail(state, ctx, [says.line(ctx.nowMs, 1, `PANIC:  could not write to file "${error.path}": ${error.message}`)], 134)
  }
}

const refuse = (ctx: ProcessContext, sqlState: string, message: string): void => {
  const error: PgError = { severity: 'FATAL', sqlState, message }
  ctx.reply({ ok: false, error }, 1)
}

function serve(state: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  const request = event.payload as PgRequest
  const { settings } = state
  const local = event.sourceIp === '127.0.0.1' || event.sourceIp === ctx.pod.ip
  const internal =
    event.port === INTERNAL_PORT || /^(localhost|127\.0\.0\.1)$/.test(settings.listenAddresses) || settings.listenAddresses === ''
  if (event.protocol !== 'postgres' || (internal && !local)) {
    ctx.reset()
    return state
  }
  if (state.phase !== 'up' && state.phase !== 'init-scripts') {
    refuse(ctx, '57P03', 'the database system is starting up')
    return state
  }
  if (request.probe) {
    ctx.reply({ ok: true, version: '', units: [] }, 1)
    return state
  }
  const busy = state.busy.filter((untilMs) => untilMs > ctx.nowMs)
  const used = busy.length + state.inFlight
  const superuser = state.data!.roles.some((r) => r.name === request.user && r.superuser)
  if (used >= settings.maxConnections) {
    refuse(ctx, '53300', 'sorry, too many clients already')
    return state
  }
  if (!superuser && used >= settings.maxConnections - settings.reservedConnections) {
    const who = majorOf(ctx) >= 16 ? 'roles with the SUPERUSER attribute' : 'non-replication superuser connections'
    refuse(ctx, '53300', `remaining connection slots are reserved for ${who}`)
    return state
  }
  return answered({ ...state, busy: busy.length === state.busy.length ? state.busy : busy }, request, event.sourceIp, ctx)
}

function answered(state: State, request: PgRequest, sourceIp: string, ctx: ProcessContext): State {
  const data = state.data!
  const served = connect(request, data, sourceIp, serverFacts(state, ctx))
  for (const text of served.log) ctx.log(says.line(ctx.nowMs, 71, text), 'stderr')
  try {
    if (served.data !== data) persist(ctx.files, state.settings.dataDir, data, served.data)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const message = `could not extend file "${error.path.replace(`${state.settings.dataDir}/`, '')}": No space left on device`
    ctx.log(says.line(ctx.nowMs, 71, `ERROR:  ${message}`), 'stderr')
    const full: PgError = { severity: 'ERROR', sqlState: '53100', message, hint: 'Check free disk space.' }
    ctx.reply({ ok: true, version: says.versionText(versionFor(ctx)), units: [{ results: [], error: full }] })
    return state
  }
  const ms = served.ms * slowdown(ctx)
  ctx.reply(served.reply, ms)
  const next = ms > LONG_MS ? { ...state, busy: [...state.busy, ctx.nowMs + ms] } : state
  const reloaded = request.units?.some((unit) => unit.some((sql) => /\bpg_reload_conf\(/i.test(sql))) ? reloadHba(next, ctx) : next
  return filled(served.data === data ? reloaded : { ...reloaded, data: served.data }, served.reads, ctx)
}

function reloadHba(state: State, ctx: ProcessContext): State {
  ctx.log(says.line(ctx.nowMs, 1, 'LOG:  received SIGHUP, reloading configuration files'), 'stderr')
  return { ...state, hba: readText(ctx.files, state.settings.hbaFile) ?? state.hba }
}

/** Use brings pages into the buffers, at most once a second, until they are full. */
function filled(state: State, reads: boolean, ctx: ProcessContext): State {
  const { sharedBufferBytes } = state.settings
  if (!reads || state.buffered >= sharedBufferBytes || ctx.nowMs - state.filledMs < FILL_EVERY_MS) return state
  const buffered = Math.min(sharedBufferBytes, state.buffered + FILL_BYTES)
  ctx.memory(BASE_BYTES + buffered)
  return { ...state, buffered, filledMs: ctx.nowMs }
}

function stop(state: State, signal: string, ctx: ProcessContext): State {
  const { dataDir, port } = state.settings
  if (state.phase !== 'up') {
    ctx.exit(state.phase === 'starting' ? 0 : 143)
    return { ...state, phase: 'stopped' }
  }
  for (const text of says.shuttingDown(ctx.nowMs, signal)) ctx.log(text, 'stderr')
  if (signal !== 'QUIT') writeControl(ctx.files, dataDir, { state: 'shut down', atMs: ctx.nowMs })
  if (exists(ctx.files, `${dataDir}/postmaster.pid`)) ctx.files.remove(`${dataDir}/postmaster.pid`)
  removeAll(ctx.files, socketPath(port))
  ctx.exit(0)
  return { ...state, phase: 'stopped' }
}

export const postgres: Program<State> = {
  name: 'postgres',
  executables: ['postgres'],
  commands: clientCommands,
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        return tried(state, ctx, () => step(state, ctx))
      case 'signal':
        if (event.signal === 'HUP') return state.phase === 'up' ? reloadHba(state, ctx) : state
        if (!['TERM', 'INT', 'QUIT'].includes(event.signal)) return state
        return tried(state, ctx, () => stop(state, event.signal, ctx))
      case 'request':
        return serve(state, event, ctx)
      case 'load':
        ctx.cpu(3 + event.perSecond * 2)
        return { ...state, inFlight: event.inFlight }
      default:
        return state
    }
  },
}
