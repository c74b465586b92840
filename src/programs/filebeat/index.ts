/**
 * Filebeat 7 to 9: reads files that grow and sends their lines on. What was read stays in the files until the output has taken it; then the registry
 * says so. It therefore sends everything at least once, and again what a registry that was lost had counted.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { elasticVersion } from '../images/elastic-versions.ts'
import { deliver, type LogEvent } from '../log-shipping/sinks.ts'
import { criLine, type Line, type Place, pathsOf, podOf, readNew } from '../log-shipping/tail.ts'
import { MiB } from '../text/context.ts'
import { readText, writeText } from '../text/files.ts'
import { isoTime } from '../text/times.ts'
import { HOME, type Input, readSettings, type Settings, SettingsError } from './settings.ts'

const START_MS = 1_500
/** filestream's prospector looks every ten seconds; while lines come, a reader looks again after a second. */
const SCAN_MS = 10_000
const BUSY_MS = 1_000
const BATCH = 1_600
/** A message longer than this is cut (message_max_bytes; 10 MiB in a real one). */
const MOST_MESSAGE = 256 * 1024
const BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 60_000

interface State {
  readonly settings?: Settings
  readonly places: readonly Place[]
  /** Read and not yet taken; `then`: what the registry says once they are. */
  readonly pending?: { readonly events: readonly LogEvent[]; readonly then: readonly Place[] }
  readonly failures: number
  readonly connected: boolean
}

const versionOf = (ctx: ProcessContext): string => ctx.env['FILEBEAT_VERSION'] ?? '8.15.5'
const registryOf = (s: Settings): string => `${s.dataPath}/registry/filebeat/log.json`

function log(ctx: ProcessContext, level: string, logger: string, message: string): void {
  const entry = {
    'log.level': level,
    '@timestamp': isoTime(ctx.nowMs),
    'log.logger': logger,
    message,
    'service.name': 'filebeat',
    'ecs.version': '1.6.0',
  }
  ctx.log(JSON.stringify(entry), 'stderr')
}

function start(ctx: ProcessContext): State {
  const state: State = { places: [], failures: 0, connected: false }
  let settings: Settings
  try {
    settings = readSettings(ctx, versionOf(ctx))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    ctx.log(`Exiting: ${error.message}`, 'stderr')
    ctx.exit(1)
    return state
  }
  ctx.memory(70 * MiB)
  ctx.cpu(5)
  log(ctx, 'info', 'beat', `Home path: [${HOME}] Config path: [${HOME}] Data path: [${settings.dataPath}] Logs path: [${HOME}/logs]`)
  const kept = readText(ctx.files, registryOf(settings))
  const places = kept === undefined ? [] : (JSON.parse(kept) as Place[])
  log(ctx, 'info', 'crawler', `Loading Inputs: ${settings.inputs.length}`)
  log(ctx, 'info', 'registrar', `States Loaded from registrar: ${places.length}`)
  ctx.timer('scan', START_MS)
  return { ...state, settings, places }
}

function eventOf(line: Line, input: Input, partial: string, s: Settings, ctx: ProcessContext): LogEvent {
  const cri = input.container ? criLine(line.text) : undefined
  const pod = s.kubernetes ? podOf(line.path) : undefined
  return {
    '@timestamp': cri?.time ?? isoTime(ctx.nowMs),
    message: partial + (cri?.message ?? line.text),
    ...(cri && { stream: cri.stream }),
    log: { offset: line.offset, file: { path: line.path } },
    ...(Object.keys(input.fields).length > 0 && { fields: input.fields }),
    ...(pod && { kubernetes: { pod: { name: pod.pod }, namespace: pod.namespace, container: { name: pod.container } } }),
    host: { name: ctx.hostname },
    agent: { type: 'filebeat', version: versionOf(ctx) },
  }
}

/** Reads on in all inputs. */
function gathered(s: Settings, places: readonly Place[], ctx: ProcessContext): State['pending'] {
  const events: LogEvent[] = []
  let then = places
  for (const input of s.inputs) {
    const paths = input.paths.flatMap((p) => pathsOf(ctx.files, p))
    for (const path of paths)
      if (!then.some((p) => p.path === path))
        log(ctx, 'info', 'input.harvester', `Harvester started for paths: [${input.paths.join(' ')}], source: ${path}`)
    const read = readNew(ctx.files, paths, then, BATCH - events.length)
    then = read.places
    // What a container wrote without an end of line comes in pieces.
    const pieces = new Map<string, string>()
    for (const line of read.lines) {
      const cri = input.container ? criLine(line.text) : undefined
      const before = pieces.get(line.path) ?? ''
      if (cri?.partial) pieces.set(line.path, (before + cri.message).slice(0, MOST_MESSAGE))
      else {
        pieces.delete(line.path)
        events.push(eventOf(line, input, before, s, ctx))
      }
    }
  }
  return then === places ? undefined : { events, then }
}

function scan(state: State, ctx: ProcessContext): State {
  const settings = state.settings!
  const pending = state.pending ?? gathered(settings, state.places, ctx)
  if (pending === undefined) {
    ctx.timer('scan', SCAN_MS)
    return state
  }
  const { left, error } = deliver(ctx, settings.sink, pending.events)
  if (left.length > 0) {
    const failures = state.failures + 1
    log(ctx, 'error', 'publisher_pipeline_output', `Failed to connect to backoff(${settings.sinkName}): ${error}`)
    log(
      ctx,
      'info',
      'publisher_pipeline_output',
      `Attempting to reconnect to backoff(${settings.sinkName}) with ${failures} reconnect attempt(s)`,
    )
    ctx.timer('scan', Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + ctx.random('backoff', Math.floor(ctx.nowMs)) / 2))
    return { ...state, failures, connected: false, pending: { ...pending, events: left } }
  }
  if (error !== undefined) log(ctx, 'warn', 'elasticsearch', `Cannot index event (status=${error}): dropping event!`)
  if (!state.connected && pending.events.length > 0)
    log(ctx, 'info', 'publisher_pipeline_output', `Connection to backoff(${settings.sinkName}) established`)
  try {
    writeText(ctx.files, registryOf(settings), JSON.stringify(pending.then))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(ctx, 'error', 'registrar', `Error writing registrar state to statestore: ${error.message}`)
  }
  ctx.timer('scan', pending.events.length > 0 ? BUSY_MS : SCAN_MS)
  const { pending: _sent, ...rest } = state
  return { ...rest, places: pending.then, failures: 0, connected: state.connected || pending.events.length > 0 }
}

export const filebeat: Program<State> = {
  name: 'filebeat',
  executables: ['filebeat'],
  start,
  on(state, event, ctx) {
    if (event.type === 'timer') return scan(state, ctx)
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      log(ctx, 'info', 'beat', 'filebeat stopped.')
      ctx.exit(0)
    }
    if (event.type === 'request') ctx.reset()
    return state
  },
}

export const filebeatImage: ImageRecord = {
  repositories: ['docker.elastic.co/beats/filebeat', 'elastic/filebeat'],
  version: elasticVersion,
  image: (version) => ({
    entrypoint: ['/usr/bin/tini', '--', '/usr/local/bin/docker-entrypoint'],
    cmd: ['-environment', 'container'],
    env: { FILEBEAT_VERSION: version },
    workingDir: HOME,
    user: 'filebeat',
    users: { filebeat: [1000, 0] },
    owned: { [HOME]: 'filebeat' },
    sizeBytes: 120 * MB,
    base: 'debian',
    executables: ['filebeat', 'curl'],
    files: {
      [`${HOME}/data/.keep`]: '',
      [`${HOME}/filebeat.yml`]: "output.elasticsearch:\n  hosts: '${ELASTICSEARCH_HOSTS:elasticsearch:9200}'\n",
    },
  }),
  scriptRuns: 'filebeat',
}
