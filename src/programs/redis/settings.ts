/** Directives of redis.conf and of the command line, and CONFIG GET and SET over them. */
import type { ProcessContext } from '../contract.ts'
import { readText } from '../text/files.ts'

/** Directive → value, as CONFIG GET shows it. */
export type Config = Readonly<Record<string, string>>

const DEFAULTS: Config = {
  port: '6379',
  bind: '* -::*',
  dir: '/data',
  dbfilename: 'dump.rdb',
  save: '3600 1 300 100 60 10000',
  appendonly: 'no',
  appendfsync: 'everysec',
  appendfilename: 'appendonly.aof',
  appenddirname: 'appendonlydir',
  'auto-aof-rewrite-percentage': '100',
  'auto-aof-rewrite-min-size': '67108864',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  'maxmemory-samples': '5',
  maxclients: '10000',
  requirepass: '',
  masterauth: '',
  masteruser: '',
  replicaof: '',
  'replica-read-only': 'yes',
  'replica-serve-stale-data': 'yes',
  'replica-announce-ip': '',
  'replica-announce-port': '0',
  'replica-priority': '100',
  'repl-timeout': '60',
  'repl-ping-replica-period': '10',
  'repl-diskless-sync': 'yes',
  'repl-diskless-sync-delay': '5',
  'repl-backlog-size': '1048576',
  'min-replicas-to-write': '0',
  'min-replicas-max-lag': '10',
  'stop-writes-on-bgsave-error': 'yes',
  databases: '16',
  timeout: '0',
  'tcp-keepalive': '300',
  'tcp-backlog': '511',
  'protected-mode': 'no',
  daemonize: 'no',
  loglevel: 'notice',
  logfile: '',
  'cluster-enabled': 'no',
  'lazyfree-lazy-eviction': 'no',
  rdbcompression: 'yes',
  rdbchecksum: 'yes',
  'slowlog-log-slower-than': '10000',
  'latency-monitor-threshold': '0',
  'notify-keyspace-events': '',
  'io-threads': '1',
  hz: '10',
  activedefrag: 'no',
  'shutdown-timeout': '10',
  'always-show-logo': 'no',
  supervised: 'no',
  pidfile: '',
  unixsocket: '',
}

const SYNONYMS: Config = {
  slaveof: 'replicaof',
  'slave-read-only': 'replica-read-only',
  'slave-serve-stale-data': 'replica-serve-stale-data',
}
const POLICIES = new Set([
  'noeviction',
  'allkeys-lru',
  'volatile-lru',
  'allkeys-lfu',
  'volatile-lfu',
  'allkeys-random',
  'volatile-random',
  'volatile-ttl',
])

/** Bytes of `100mb`, `1g`, `512`; undefined when it is none. */
export function memoryBytes(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)(b|k|kb|m|mb|g|gb)?$/i.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * ({ k: 1000, kb: 1024, m: 1e6, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 }[(unit ?? '').toLowerCase()] ?? 1)
}

/** The directive with its value as it is kept; a text says what is wrong with it. */
function accepted(name: string, value: string, now: Config): Config | string {
  const known = SYNONYMS[name] ?? name
  if (!(known in DEFAULTS)) return 'Bad directive or wrong number of arguments'
  if (known === 'maxmemory') {
    const bytes = memoryBytes(value)
    return bytes === undefined ? 'argument must be a memory value' : { ...now, maxmemory: String(bytes) }
  }
  if (known === 'maxmemory-policy' && !POLICIES.has(value))
    return `argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction`
  if (['yes', 'no'].includes(DEFAULTS[known]!) && !['yes', 'no'].includes(value)) return "argument must be 'yes' or 'no'"
  if (known === 'port' && !/^\d+$/.test(value)) return "argument couldn't be parsed into an integer"
  if (known === 'save' && value !== '' && !/^\d+ \d+( \d+ \d+)*$/.test(value)) return 'Invalid save parameters'
  return { ...now, [known]: value }
}

export interface Read {
  readonly config: Config
  readonly file?: string
  /** What the server prints before it gives up. */
  readonly fatal?: readonly string[]
}

const words = (line: string): string[] => [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')

/** Reads the file that is named first, then `--directive value…`. */
export function readConfig(ctx: ProcessContext, product: string): Read {
  const [, ...args] = ctx.argv
  const file = args[0] !== undefined && !args[0].startsWith('-') ? args[0] : undefined
  let config: Config = DEFAULTS
  const fatal = (at: number, text: string, why: string): Read => ({
    config,
    fatal: ['', `*** FATAL CONFIG FILE ERROR (${product}) ***`, `Reading the configuration file, at line ${at}`, `>>> '${text}'`, why],
  })
  let saves: string[] | undefined
  const take = (name: string, values: readonly string[]): string | undefined => {
    const lower = name.toLowerCase()
    let value = values.join(' ')
    if (lower === 'save') {
      // Several lines add up; the first replaces the defaults.
      saves = value === '' ? [] : [...(saves ?? []), value]
      value = saves.join(' ')
    }
    const next = accepted(lower, value, config)
    if (typeof next === 'string') return next
    config = next
    return undefined
  }
  if (file !== undefined) {
    const text = readText(ctx.files, file)
    if (text === undefined) return { config, fatal: [`Fatal error, can't open config file '${file}': No such file or directory`] }
    for (const [i, raw] of text.split('\n').entries()) {
      const line = raw.trim()
      if (line === '' || line.startsWith('#')) continue
      const [name = '', ...values] = words(line)
      const why = take(name, values)
      if (why !== undefined) return fatal(i + 1, line, why)
    }
  }
  const rest = args.slice(file === undefined ? 0 : 1)
  for (let i = 0, n = 1; i < rest.length; n++) {
    const name = rest[i]!.replace(/^--/, '')
    let end = i + 1
    while (end < rest.length && !rest[end]!.startsWith('--')) end++
    // `--save ""` is one argument that is empty; `--appendonly yes` two words.
    const values = rest.slice(i + 1, end)
    const [first = '', ...joined] = words(name)
    const why = take(first, [...joined, ...values])
    if (why !== undefined) return fatal(n + 1, [name, ...values.map((v) => `"${v}"`)].join(' '), why)
    i = end
  }
  return { config, ...(file !== undefined && { file }) }
}

/** The configuration after CONFIG SET; a text is the error. */
export function setConfig(config: Config, name: string, value: string): Config | string {
  const lower = name.toLowerCase()
  if (!((SYNONYMS[lower] ?? lower) in DEFAULTS)) return `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`
  if (['port', 'dir', 'databases', 'cluster-enabled', 'daemonize', 'appenddirname'].includes(lower))
    return `ERR CONFIG SET failed (possibly related to argument '${name}') - can't set immutable config`
  const next = accepted(lower, value, config)
  return typeof next === 'string' ? `ERR CONFIG SET failed (possibly related to argument '${name}') - ${next}` : next
}

/** `3600 1 300 100` → pairs. */
export function savePoints(config: Config): { readonly seconds: number; readonly changes: number }[] {
  const numbers = config['save']!.split(/\s+/)
    .filter((t) => t !== '')
    .map(Number)
  return numbers.flatMap((seconds, i) => (i % 2 === 0 ? [{ seconds, changes: numbers[i + 1] ?? 1 }] : []))
}
