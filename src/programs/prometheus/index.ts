/**
 * Prometheus 2 and 3: scrapes its targets, found in its file or through Kubernetes' API, keeps the samples in its directory and answers PromQL.
 * Rules, alerts and remote storage are not simulated. It looks at the API anew every half minute, where a real one watches.
 */

import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ContainerCommand, ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { MiB } from '../text/context.ts'
import { readText } from '../text/files.ts'
import { isoTime } from '../text/times.ts'
import { answer } from './api.ts'
import { type Config, ConfigError, type Job, readConfig } from './config.ts'
import type { Health, State } from './contract.ts'
import { DiscoveryError, discover, type Target, targetOf } from './discovery.ts'
import { parseMetrics } from './exposition.ts'
import { keyOf, type Labels, relabelled } from './labels.ts'
import { added, appendScrape, readStore } from './store.ts'

const START_MS = 1_000
const DISCOVER_MS = 30_000
const BASE_BYTES = 60 * MiB
/** What a series takes in the head. */
const SERIES_BYTES = 4_000

const option = (argv: readonly string[], name: string, other: string): string => {
  const at = argv.findIndex((a) => a === `--${name}` || a.startsWith(`--${name}=`))
  return at < 0 ? other : argv[at]!.includes('=') ? argv[at]!.slice(argv[at]!.indexOf('=') + 1) : (argv[at + 1] ?? other)
}
const log = (ctx: ProcessContext, level: string, source: string, msg: string, more = ''): void =>
  ctx.log(`time=${isoTime(ctx.nowMs)} level=${level} source=${source} msg="${msg.replaceAll('"', '\\"')}"${more}`, 'stderr')

const NO_CONFIG: Config = { jobs: [], unsimulated: [] }

function load(path: string, ctx: ProcessContext): Config {
  const text = readText(ctx.files, path)
  if (text === undefined) throw new ConfigError(`open ${path}: no such file or directory`)
  const config = readConfig(text)
  for (const key of config.unsimulated) log(ctx, 'WARN', 'main.go', `clusterlab does not simulate ${key}`)
  return config
}

function start(ctx: ProcessContext): State {
  const state: State = {
    configFile: option(ctx.argv, 'config.file', 'prometheus.yml'),
    dataPath: option(ctx.argv, 'storage.tsdb.path', 'data/'),
    port: Number(option(ctx.argv, 'web.listen-address', ':9090').split(':').at(-1)),
    lifecycle: ctx.argv.includes('--web.enable-lifecycle'),
    config: NO_CONFIG,
    series: {},
    current: {},
    last: {},
    targets: {},
    health: {},
    foundMs: {},
    ready: false,
    startedMs: ctx.nowMs,
  }
  const path = state.dataPath.startsWith('/') ? state.dataPath : `/prometheus/${state.dataPath}`
  const configFile = state.configFile.startsWith('/') ? state.configFile : `/prometheus/${state.configFile}`
  log(
    ctx,
    'INFO',
    'main.go:706',
    'Starting Prometheus Server',
    ` mode=server version="(version=${ctx.env['PROMETHEUS_VERSION'] ?? '3.5.0'})"`,
  )
  try {
    const config = load(configFile, ctx)
    log(ctx, 'INFO', 'main.go', 'Completed loading of configuration file', ` filename=${configFile}`)
    ctx.memory(BASE_BYTES)
    ctx.cpu(5)
    ctx.timer('start', START_MS)
    return { ...state, config, configFile, dataPath: path.replace(/\/$/, '') }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log(
      ctx,
      'ERROR',
      'main.go',
      'Error loading config',
      ` err="couldn't load configuration (--config.file=\\"${configFile}\\"): parsing YAML file ${configFile}: ${error.message}"`,
    )
    ctx.exit(2)
    return state
  }
}

/** An own beat for each job, from an offset of its own. */
function schedule(config: Config, ctx: ProcessContext): void {
  for (const job of config.jobs) ctx.timer(`scrape/${job.name}`, job.intervalMs * ctx.random(`offset/${job.name}`))
}

function up(s: State, ctx: ProcessContext): State {
  const kept = readStore(ctx.files, s.dataPath)
  if (!ctx.listen(s.port)) {
    log(ctx, 'ERROR', 'main.go', 'Unable to start web listener', ` err="listen tcp 0.0.0.0:${s.port}: bind: address already in use"`)
    ctx.exit(1)
    return s
  }
  log(ctx, 'INFO', 'head.go', 'Replaying WAL, this may take a while', ' component=tsdb')
  log(ctx, 'INFO', 'main.go', 'Server is ready to receive web requests.')
  schedule(s.config, ctx)
  return { ...s, ready: true, series: kept.series, current: kept.current }
}

/** The targets of a job now: those written down, and those found, asked for anew when that is due. */
function targetsOf(s: State, job: Job, ctx: ProcessContext): { targets: readonly Target[]; state: State } {
  if (s.targets[job.name] !== undefined && (job.discoveries.length === 0 || ctx.nowMs - (s.foundMs[job.name] ?? 0) < DISCOVER_MS))
    return { targets: s.targets[job.name]!, state: s }
  const found: Labels[] = job.statics.flatMap((g) => g.targets.map((t) => ({ ...g.labels, __address__: t })))
  for (const d of job.discoveries) {
    try {
      found.push(...discover(ctx, d))
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error
      log(
        ctx,
        'ERROR',
        'reflector.go',
        'Failed to watch',
        ` component=k8s_client_runtime err="failed to list *v1.${d.role}: ${error.message.replaceAll('"', '\\"')}"`,
      )
      // What was known stays.
      if (s.targets[job.name] !== undefined)
        return { targets: s.targets[job.name]!, state: { ...s, foundMs: { ...s.foundMs, [job.name]: ctx.nowMs } } }
    }
  }
  const made = found.map((l) => targetOf(job, l)).filter((t) => t !== undefined)
  const targets = [...new Map(made.map((t) => [keyOf({ ...t.labels, __path__: t.url.path }), t])).values()]
  return { targets, state: { ...s, targets: { ...s.targets, [job.name]: targets }, foundMs: { ...s.foundMs, [job.name]: ctx.nowMs } } }
}

function fetchMetrics(job: Job, { url }: Target, ctx: ProcessContext): { text?: string; error: string; ms: number } {
  const token = job.tokenFile === undefined ? undefined : readText(ctx.files, job.tokenFile)
  const headers = {
    accept: 'text/plain;version=0.0.4',
    'user-agent': 'Prometheus/3.5.0',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const payload: HttpRequest = {
    method: 'GET',
    path: url.path,
    host: url.host,
    headers,
    ...(url.scheme === 'https' && { tls: { serverName: url.host, insecure: job.insecure } }),
  }
  const result = ctx.dial({ host: url.host, port: url.port, protocol: 'http', payload, timeoutMs: job.timeoutMs })
  const full = `${url.scheme}://${url.host}:${url.port}${url.path}`
  if (!result.ok) {
    const at = `${result.peer?.ip ?? url.host}:${url.port}`
    const why =
      result.failure === 'refused'
        ? `dial tcp ${at}: connect: connection refused`
        : result.failure.startsWith('dns')
          ? `dial tcp: lookup ${url.host}: no such host`
          : result.failure === 'timeout'
            ? 'context deadline exceeded'
            : result.message
    return { error: `Get "${full}": ${why}`, ms: result.latencyMs }
  }
  const reply = result.reply as HttpReply | null
  if (reply === null) return { error: `Get "${full}": EOF`, ms: result.latencyMs }
  return reply.status === 200
    ? { text: reply.body, error: '', ms: result.latencyMs }
    : { error: `server returned HTTP status ${reply.status}`, ms: result.latencyMs }
}

/** The own metrics need no way over the network. */
function scrapeTarget(s: State, job: Job, target: Target, ctx: ProcessContext): State {
  const id = keyOf({ ...target.labels, __path__: target.url.path })
  const own = target.url.port === s.port && ['localhost', '127.0.0.1', ctx.pod.ip].includes(target.url.host)
  const got = own
    ? { text: answer(s, { method: 'GET', path: '/metrics', host: '', headers: {} }, ctx).body, error: '', ms: 1 }
    : fetchMetrics(job, target, ctx)
  const set: Record<string, number> = {}
  let { error } = got
  if (got.text !== undefined) {
    try {
      for (const sample of parseMetrics(got.text)) {
        const labels = job.honorLabels
          ? { ...target.labels, ...sample.labels }
          : { ...exported(sample.labels, target.labels), ...target.labels }
        const kept = relabelled(labels, job.metricRelabel)
        if (kept !== undefined) set[keyOf(kept)] = sample.value
      }
    } catch (failure) {
      if (!(failure instanceof SyntaxError)) throw failure
      error = failure.message
      for (const key of Object.keys(set)) delete set[key]
    }
  }
  set[keyOf({ ...target.labels, __name__: 'up' })] = error === '' ? 1 : 0
  set[keyOf({ ...target.labels, __name__: 'scrape_samples_scraped' })] = Object.keys(set).length - 1
  const scrape = { t: Math.floor(ctx.nowMs), every: job.intervalMs, target: id, set }
  appendScrape(ctx.files, s.dataPath, scrape, s.last[id])
  const health: Health = { up: error === '', error, lastMs: ctx.nowMs, tookMs: got.ms }
  return {
    ...s,
    series: added(s.series, scrape, s.current[id] ?? []),
    current: { ...s.current, [id]: Object.keys(set) },
    last: { ...s.last, [id]: set },
    health: { ...s.health, [id]: health },
  }
}

/** Labels of the target win; the sample's own of the same name are kept beside them. */
const exported = (labels: Labels, target: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).map(([k, v]) => [target[k] === undefined ? k : `exported_${k}`, v]))

function scrape(s: State, name: string, ctx: ProcessContext): State {
  const job = s.config.jobs.find((j) => j.name === name)
  if (job === undefined) return s
  const { targets, state } = targetsOf(s, job, ctx)
  ctx.timer(`scrape/${name}`, job.intervalMs)
  let next = state
  try {
    for (const target of targets) next = scrapeTarget(next, job, target, ctx)
    // A target that is gone is stale at once.
    const ids = new Set(targets.map((t) => keyOf({ ...t.labels, __path__: t.url.path })))
    for (const old of s.targets[name] ?? []) {
      const id = keyOf({ ...old.labels, __path__: old.url.path })
      if (ids.has(id) || next.current[id] === undefined) continue
      const over = { t: Math.floor(ctx.nowMs), every: job.intervalMs, target: id, set: {} }
      appendScrape(ctx.files, s.dataPath, over, undefined)
      const { [id]: _gone, ...current } = next.current
      next = { ...next, series: added(next.series, over, next.current[id]!), current }
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(
      ctx,
      'ERROR',
      'scrape.go',
      'Scrape commit failed',
      ` err="write to WAL: log samples: write ${s.dataPath}/wal/00000000: ${error.message.toLowerCase()}"`,
    )
  }
  ctx.memory(BASE_BYTES + Object.keys(next.series).length * SERIES_BYTES)
  return next
}

function reload(s: State, ctx: ProcessContext): { state: State; error?: string } {
  try {
    const config = load(s.configFile, ctx)
    for (const job of s.config.jobs) ctx.cancelTimer(`scrape/${job.name}`)
    schedule(config, ctx)
    log(ctx, 'INFO', 'main.go', 'Completed loading of configuration file', ` filename=${s.configFile}`)
    return { state: { ...s, config, targets: {}, foundMs: {} } }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log(
      ctx,
      'ERROR',
      'main.go',
      'Error reloading config',
      ` err="couldn't load configuration (--config.file=\\"${s.configFile}\\"): ${error.message}"`,
    )
    return { state: s, error: error.message }
  }
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol !== 'http') {
    ctx.reset()
    return s
  }
  const http = event.payload as HttpRequest
  if (http.path === '/-/reload' && (http.method === 'POST' || http.method === 'PUT')) {
    const done: { state: State; error?: string } = s.lifecycle ? reload(s, ctx) : { state: s, error: 'Lifecycle API is not enabled.' }
    ctx.reply(
      {
        status: done.error === undefined ? 200 : s.lifecycle ? 500 : 403,
        headers: {},
        body: done.error === undefined ? '' : `${s.lifecycle ? 'failed to reload config: ' : ''}${done.error}\n`,
      } satisfies HttpReply,
      5,
    )
    return done.state
  }
  ctx.reply(answer(s, http, ctx), 3)
  return s
}

export const promtool: ContainerCommand = {
  executables: ['promtool'],
  run({ argv, ctx }) {
    const [, area, verb, file = ''] = argv
    if (area !== 'check' || verb !== 'config')
      return { exitCode: 1, stderr: 'clusterlab simulates of promtool only: promtool check config FILE\n' }
    try {
      load(file, ctx)
      return { exitCode: 0, stdout: `Checking ${file}\n SUCCESS: ${file} is valid prometheus config file syntax\n\n` }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return { exitCode: 1, stdout: `Checking ${file}\n`, stderr: `  FAILED: parsing YAML file ${file}: ${error.message}\n` }
    }
  },
}

export const prometheus: Program<State> = {
  name: 'prometheus',
  executables: ['prometheus'],
  commands: [promtool],
  start,
  on(s, event, ctx) {
    if (event.type === 'timer') return event.id === 'start' ? up(s, ctx) : scrape(s, event.id.slice('scrape/'.length), ctx)
    if (event.type === 'request') return request(s, event, ctx)
    if (event.type !== 'signal') return s
    if (event.signal === 'HUP') return s.ready ? reload(s, ctx).state : s
    if (event.signal === 'TERM' || event.signal === 'INT') {
      log(ctx, 'WARN', 'main.go', 'Received an OS signal, exiting gracefully...', ' signal=terminated')
      ctx.exit(0)
    }
    return s
  },
}

export const prometheusImage: ImageRecord = {
  repositories: ['prom/prometheus', 'quay.io/prometheus/prometheus'],
  version: versions({
    prefix: 'v',
    latest: '3.5.0',
    series: { '2.45': 6, '2.53': 5, '2.54': 1, '2.55': 1, '3.0': 1, '3.1': 0, '3.2': 1, '3.3': 1, '3.4': 2, '3.5': 0 },
  }),
  image: (version) => ({
    entrypoint: ['/bin/prometheus'],
    cmd: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
    env: { PROMETHEUS_VERSION: version },
    workingDir: '/prometheus',
    user: 'nobody',
    users: { nobody: [65534, 65534] },
    owned: { '/prometheus': 'nobody' },
    exposedPorts: [9090],
    sizeBytes: 115 * MB,
    base: 'busybox',
    executables: ['prometheus', 'promtool'],
    files: {
      '/etc/prometheus/prometheus.yml':
        "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: 'prometheus'\n    static_configs:\n      - targets: ['localhost:9090']\n",
      '/prometheus/.keep': '',
    },
  }),
}
