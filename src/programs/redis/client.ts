/** redis-cli and valkey-cli: commands from the arguments or the input, and their answers as a terminal or a pipe shows them. */
import type { DialResult } from '../../network/contract.ts'
import type { ContainerCommand } from '../contract.ts'
import type { RedisReply, RedisRequest, Resp } from './contract.ts'

interface Options {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly user?: string
  readonly password?: string
  readonly warned: boolean
  readonly pretty: boolean
  readonly scan?: string
  readonly exitOnError: boolean
  readonly repeat: number
  readonly words: readonly string[]
  readonly unknown?: string
}

const VALUED: Readonly<Record<string, string>> = {
  '-h': 'host',
  '-p': 'port',
  '-n': 'db',
  '-a': 'password',
  '--pass': 'password',
  '--user': 'user',
  '-u': 'uri',
  '-r': 'repeat',
  '-i': 'interval',
  '-t': 'timeout',
  '--pattern': 'pattern',
}
const NOT_HERE = new Set([
  '--cluster',
  '--bigkeys',
  '--memkeys',
  '--hotkeys',
  '--stat',
  '--latency',
  '--rdb',
  '--pipe',
  '--tls',
  '--eval',
  '--lru-test',
  '--replica',
])

function optionsOf(argv: readonly string[], env: Readonly<Record<string, string>>): Options {
  const given: Record<string, string> = {}
  let [pretty, scan, exitOnError, warn] = [false, false, false, true]
  let unknown: string | undefined
  let i = 1
  for (; i < argv.length && argv[i]!.startsWith('-'); i++) {
    const arg = argv[i]!
    const name = VALUED[arg]
    if (name !== undefined) given[name] = argv[++i] ?? ''
    else if (arg === '--no-raw') pretty = true
    else if (arg === '--scan') scan = true
    else if (arg === '-e') exitOnError = true
    else if (arg === '--no-auth-warning') warn = false
    else if (arg !== '--raw' && arg !== '-x' && arg !== '-3' && arg !== '-2')
      unknown ??= NOT_HERE.has(arg)
        ? `clusterlab: redis-cli ${arg} is not simulated`
        : `Unrecognized option or bad number of args for: '${arg}'`
  }
  const uri = /^(?:redis|valkey):\/\/(?:([^:@]*)(?::([^@]*))?@)?([^:/]+)(?::(\d+))?(?:\/(\d+))?/.exec(given['uri'] ?? '')
  const password = given['password'] ?? uri?.[2] ?? (env['REDISCLI_AUTH'] || env['VALKEYCLI_AUTH'] || undefined)
  const user = given['user'] ?? (uri?.[1] || undefined)
  return {
    host: given['host'] ?? uri?.[3] ?? '127.0.0.1',
    port: Number(given['port'] ?? uri?.[4] ?? 6379),
    db: Number(given['db'] ?? uri?.[5] ?? 0),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    warned: warn && given['password'] !== undefined,
    pretty,
    ...(scan && { scan: given['pattern'] ?? '*' }),
    exitOnError,
    repeat: Math.max(1, Math.min(1000, Number(given['repeat'] ?? 1) || 1)),
    words: argv.slice(i),
    ...(unknown !== undefined && { unknown }),
  }
}

const isError = (r: Resp): r is { readonly error: string } => typeof r === 'object' && r !== null && 'error' in r
const isStatus = (r: Resp): r is { readonly status: string } => typeof r === 'object' && r !== null && 'status' in r

/** As a pipe gets it. */
function raw(r: Resp): string {
  if (r === null) return '\n'
  if (isError(r)) return `${r.error}\n`
  if (isStatus(r)) return `${r.status}\n`
  if (typeof r === 'object') return r.length === 0 ? '\n' : r.map(raw).join('')
  return `${String(r).replaceAll('\r\n', '\n')}\n`
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\0', '\\x00')}"`

/** As a terminal gets it. */
function pretty(r: Resp, indent = ''): string {
  if (r === null) return '(nil)\n'
  if (isError(r)) return `(error) ${r.error}\n`
  if (isStatus(r)) return `${r.status}\n`
  if (typeof r === 'number') return `(integer) ${r}\n`
  if (typeof r === 'string') return `${quoted(r)}\n`
  if (r.length === 0) return '(empty array)\n'
  const width = String(r.length).length
  return r
    .map((x, i) => `${i === 0 ? '' : indent}${String(i + 1).padStart(width)}) ${pretty(x, `${indent}${' '.repeat(width + 2)}`)}`)
    .join('')
}

/** Words of a line of input, with quotes. */
const split = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((m) =>
    m[1] !== undefined ? m[1].replace(/\\(.)/g, (_, c: string) => ({ n: '\n', r: '\r', t: '\t' })[c] ?? c) : (m[2] ?? m[3] ?? ''),
  )

function unreachable(o: Options, r: DialResult & { ok: false }): string {
  const at = `Could not connect to Redis at ${o.host}:${o.port}: `
  switch (r.failure) {
    case 'dns-not-found':
      return `${at}Name or service not known\n`
    case 'dns-timeout':
    case 'dns-refused':
      return `${at}Temporary failure in name resolution\n`
    case 'refused':
      return `${at}Connection refused\n`
    case 'reset':
      return 'Error: Server closed the connection\n'
    case 'no-route':
      return `${at}No route to host\n`
    default:
      return `${at}Connection timed out\n`
  }
}

export const redisCli: ContainerCommand = {
  executables: ['redis-cli', 'valkey-cli'],
  run({ argv, stdin, ctx }) {
    const o = optionsOf(argv, ctx.env)
    if (o.unknown !== undefined) return { exitCode: 1, stderr: `${o.unknown}\n` }
    const own: (readonly string[])[] =
      o.scan !== undefined
        ? [['KEYS', o.scan]]
        : o.words.length > 0
          ? Array.from({ length: o.repeat }, () => o.words)
          : stdin()
              .split('\n')
              .map(split)
              .filter((w) => w.length > 0)
    if (own.length === 0) return { exitCode: 0 }
    const before: string[][] = []
    if (o.password !== undefined) before.push(o.user === undefined ? ['AUTH', o.password] : ['AUTH', o.user, o.password])
    if (o.db !== 0) before.push(['SELECT', String(o.db)])
    const payload: RedisRequest = { kind: 'commands', commands: [...before, ...own] }
    const dialled = ctx.dial({ host: o.host, port: o.port, protocol: 'redis', payload, timeoutMs: 130_000 })
    let stderr = o.warned ? "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n" : ''
    if (!dialled.ok) {
      // A server that was told to end breaks the connection, as it should.
      if (dialled.failure === 'reset' && own.some((w) => w[0]?.toUpperCase() === 'SHUTDOWN')) return { exitCode: 0, stderr }
      return { exitCode: 1, stderr: stderr + unreachable(o, dialled) }
    }
    const reply = dialled.reply as RedisReply | null
    if (reply?.kind !== 'replies') return { exitCode: 1, stderr: `${stderr}Error: Protocol error, got "H" as reply type byte\n` }
    const [first] = reply.replies
    if (o.password !== undefined && first !== undefined && isError(first)) stderr += `AUTH failed: ${first.error}\n`
    const shown = reply.replies.slice(before.length)
    const stdout = shown.map((r) => (o.pretty ? pretty(r) : raw(r))).join('')
    return { exitCode: o.exitOnError && shown.some(isError) ? 1 : 0, stdout, stderr }
  },
}
