/** curl's command line. */
import type { ToolContext } from '../../script/contract.ts'
import { clientCertificate } from './curl-certificate.ts'

export interface CurlOptions {
  readonly urls: readonly string[]
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly data?: string
  readonly user?: string
  readonly output?: string
  readonly remoteName: boolean
  readonly writeOut?: string
  readonly silent: boolean
  readonly showError: boolean
  readonly include: boolean
  readonly head: boolean
  readonly verbose: boolean
  readonly insecure: boolean
  readonly follow: boolean
  readonly fail: boolean
  readonly failWithBody: boolean
  readonly maxTimeMs?: number
  readonly connectTimeoutMs?: number
  readonly retry: number
  readonly retryDelayMs?: number
  readonly retryRefused: boolean
  readonly retryAll: boolean
  readonly resolve: Readonly<Record<string, string>>
  readonly ca?: string
  /** What it shows a server that asks for one. */
  readonly certificate?: string
}

const FLAGS: Record<string, string> = {
  s: 'silent',
  S: 'show-error',
  i: 'include',
  I: 'head',
  v: 'verbose',
  k: 'insecure',
  L: 'location',
  f: 'fail',
  O: 'remote-name',
  G: 'get',
  g: 'globoff',
  N: 'no-buffer',
  '4': 'ipv4',
  '6': 'ipv6',
  n: 'netrc',
  q: 'disable',
  '#': 'progress-bar',
  j: 'junk-session-cookies',
}
const VALUES: Record<string, string> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  o: 'output',
  w: 'write-out',
  m: 'max-time',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  T: 'upload-file',
  c: 'cookie-jar',
  D: 'dump-header',
  E: 'cert',
}
const LONG_VALUES = new Set([
  ...Object.values(VALUES),
  'connect-timeout',
  'retry',
  'retry-delay',
  'retry-max-time',
  'resolve',
  'cacert',
  'url',
  'data-raw',
  'data-binary',
  'data-urlencode',
  'json',
  'max-redirs',
  'cert',
  'key',
  'connect-to',
  'interface',
  'noproxy',
])
const LONG_FLAGS = new Set([
  ...Object.values(FLAGS),
  'fail-with-body',
  'retry-connrefused',
  'retry-all-errors',
  'compressed',
  'no-progress-meter',
  'http1.1',
  'http2',
  'fail-early',
  'no-keepalive',
  'raw',
  'path-as-is',
  'tcp-nodelay',
  'location-trusted',
])

/** The options, or curl's complaint with its exit status. */
export function parseCurl(ctx: ToolContext): CurlOptions | { readonly error: string; readonly exitCode: number } {
  const flags = new Set<string>()
  const values = new Map<string, string[]>()
  const urls: string[] = []
  const put = (name: string, value: string): void => void values.set(name, [...(values.get(name) ?? []), value])
  const usage = (text: string): { error: string; exitCode: number } => ({
    error: `curl: ${text}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
    exitCode: 2,
  })
  const { argv } = ctx
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (word.startsWith('--') && word.length > 2) {
      const name = word.slice(2)
      if (LONG_FLAGS.has(name) || (name.startsWith('no-') && LONG_FLAGS.has(name.slice(3)))) flags.add(name)
      else if (!LONG_VALUES.has(name)) return usage(`option ${word}: is unknown`)
      else if (argv[i + 1] === undefined) return usage(`option ${word}: requires parameter`)
      else put(name, argv[++i]!)
    } else if (word.startsWith('-') && word.length > 1) {
      for (let k = 1; k < word.length; k++) {
        const letter = word[k]!
        if (FLAGS[letter]) flags.add(FLAGS[letter])
        else if (VALUES[letter]) {
          const value = k + 1 < word.length ? word.slice(k + 1) : argv[++i]
          if (value === undefined) return usage(`option -${letter}: requires parameter`)
          put(VALUES[letter], value)
          break
        } else return usage(`option -${letter}: is unknown`)
      }
    } else urls.push(word)
  }
  urls.push(...(values.get('url') ?? []))
  if (urls.length === 0) return usage('(2) no URL specified')
  return collect(ctx, flags, values, urls)
}

function collect(
  ctx: ToolContext,
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, string[]>,
  urls: string[],
): CurlOptions | { error: string; exitCode: number } {
  const last = (name: string): string | undefined => values.get(name)?.at(-1)
  const seconds = (name: string): number | undefined => (last(name) === undefined ? undefined : Math.round(Number(last(name)) * 1000))
  const headers: Record<string, string> = {}
  for (const line of values.get('header') ?? []) {
    const at = line.indexOf(':')
    if (at > 0) headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim()
  }
  const file = (text: string): string => (text === '-' ? ctx.stdin() : ctx.files.read(ctx.path(text)))
  let data: string | undefined
  let missing: string | undefined
  const read = (text: string, strip: boolean): string => {
    if (!text.startsWith('@')) return text
    try {
      const content = file(text.slice(1))
      return strip ? content.replace(/[\r\n]/g, '') : content
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FileError') throw error
      missing = text.slice(1)
      return ''
    }
  }
  const parts = [
    ...(values.get('data') ?? []).map((t) => read(t, true)),
    ...(values.get('data-binary') ?? []).map((t) => read(t, false)),
    ...(values.get('data-raw') ?? []),
    ...(values.get('data-urlencode') ?? []).map((t) =>
      t.includes('=') ? `${t.slice(0, t.indexOf('='))}=${encodeURIComponent(t.slice(t.indexOf('=') + 1))}` : encodeURIComponent(t),
    ),
  ]
  if (parts.length > 0) data = parts.join('&')
  const json = last('json')
  if (json !== undefined) {
    data = read(json, false)
    headers['content-type'] ??= 'application/json'
    headers['accept'] ??= 'application/json'
  }
  const upload = last('upload-file')
  if (upload !== undefined) data = read(`@${upload}`, false)
  if (missing !== undefined)
    return { error: `curl: option -d: error encountered when reading a file\ncurl: Failed to open ${missing}\n`, exitCode: 26 }
  if (last('user-agent') !== undefined) headers['user-agent'] = last('user-agent')!
  if (last('referer') !== undefined) headers['referer'] = last('referer')!
  if (last('cookie') !== undefined) headers['cookie'] = last('cookie')!
  const isGet = flags.has('get')
  const ca = last('cacert')
  const shown = last('cert') === undefined ? undefined : clientCertificate(ctx, last('cert')!, last('key'))
  if (shown && 'error' in shown) return shown
  const resolve: Record<string, string> = {}
  for (const entry of values.get('resolve') ?? []) {
    const match = /^([^:]+):(\d+):(.+)$/.exec(entry)
    if (match) resolve[`${match[1]}:${match[2]}`] = match[3]!
  }
  const method =
    last('request') ?? (upload !== undefined ? 'PUT' : flags.has('head') ? 'HEAD' : data !== undefined && !isGet ? 'POST' : undefined)
  const [maxTimeMs, connectTimeoutMs, retryDelayMs] = [seconds('max-time'), seconds('connect-timeout'), seconds('retry-delay')]
  return {
    urls: isGet && data !== undefined ? urls.map((u) => `${u}${u.includes('?') ? '&' : '?'}${data}`) : urls,
    ...(method !== undefined && { method }),
    headers,
    ...(data !== undefined && !isGet && { data }),
    ...(last('user') !== undefined && { user: last('user')! }),
    ...(last('output') !== undefined && { output: last('output')! }),
    remoteName: flags.has('remote-name'),
    ...(last('write-out') !== undefined && { writeOut: last('write-out')! }),
    silent: flags.has('silent'),
    showError: flags.has('show-error'),
    include: flags.has('include'),
    head: flags.has('head'),
    verbose: flags.has('verbose'),
    insecure: flags.has('insecure'),
    follow: flags.has('location') || flags.has('location-trusted'),
    fail: flags.has('fail'),
    failWithBody: flags.has('fail-with-body'),
    ...(maxTimeMs !== undefined && { maxTimeMs }),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    retry: Number(last('retry') ?? 0),
    ...(retryDelayMs !== undefined && { retryDelayMs }),
    retryRefused: flags.has('retry-connrefused'),
    retryAll: flags.has('retry-all-errors'),
    resolve,
    ...(ca !== undefined && { ca: read(`@${ca}`, false) }),
    ...(shown && { certificate: shown.pem }),
  }
}
