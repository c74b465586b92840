/** Apache httpd serving files from htdocs: DocumentRoot, Listen, DirectoryIndex, Redirect and ProxyPass of its configuration. Models httpd:2.4. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ContainerCommand, ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { apacheError, portTaken, serverName } from '../php/apache-messages.ts'
import { MiB } from '../text/context.ts'
import { kindAt, namesIn, readText } from '../text/files.ts'
import { apacheTime, commonLogTime, httpDate } from '../text/times.ts'

const ROOT = '/usr/local/apache2'
const START_MS = 150

interface Config {
  readonly ports: readonly number[]
  readonly documentRoot: string
  readonly index: readonly string[]
  readonly redirects: readonly { readonly from: string; readonly to: string; readonly status: number }[]
  readonly proxies: readonly { readonly path: string; readonly host: string; readonly port: number; readonly base: string }[]
}

interface State {
  readonly config?: Config
}

/** Directives that must have a known name; sections and modules are accepted as they are. */
const KNOWN =
  /^(Listen|ServerRoot|LoadModule|User|Group|ServerAdmin|ServerName|DocumentRoot|DirectoryIndex|Options|AllowOverride|Require|ErrorLog|LogLevel|LogFormat|CustomLog|Alias|ScriptAlias|AddType|TypesConfig|Redirect|RedirectMatch|ProxyPass|ProxyPassReverse|ProxyPreserveHost|Include|IncludeOptional|Header|RequestHeader|ServerTokens|ServerSignature|Timeout|KeepAlive|MaxKeepAliveRequests|KeepAliveTimeout|StartServers|MaxRequestWorkers|MinSpareServers|MaxSpareServers|ThreadsPerChild|ErrorDocument|AddHandler|SetHandler|EnableSendfile|RewriteEngine|PidFile|Order|Allow|Deny|UseCanonicalName|HostnameLookups|AddDefaultCharset|SSL\w+)$/i

function readConfig(ctx: ProcessContext): Config | { readonly error: string } {
  const files = [
    `${ROOT}/conf/httpd.conf`,
    ...namesIn(ctx.files, `${ROOT}/conf/extra`)
      .filter((n) => n.endsWith('.conf'))
      .map((n) => `${ROOT}/conf/extra/${n}`),
  ]
  const config = {
    ports: [] as number[],
    documentRoot: `${ROOT}/htdocs`,
    index: ['index.html'],
    redirects: [] as Config['redirects'][number][],
    proxies: [] as Config['proxies'][number][],
  }
  for (const file of files) {
    const text = readText(ctx.files, file)
    if (text === undefined) return { error: `httpd: Could not open configuration file ${file}: No such file or directory` }
    for (const [n, raw] of text.split('\n').entries()) {
      const line = raw.trim()
      if (line === '' || line.startsWith('#') || line.startsWith('<')) continue
      const [name = '', ...args] = line.split(/\s+/).map((w) => w.replace(/^"|"$/g, ''))
      if (!KNOWN.test(name))
        return {
          error: `AH00526: Syntax error on line ${n + 1} of ${file}:\nInvalid command '${name}', perhaps misspelled or defined by a module not included in the server configuration`,
        }
      const lower = name.toLowerCase()
      if (lower === 'listen') config.ports.push(Number(args[0]?.split(':').at(-1)) || 80)
      else if (lower === 'documentroot') config.documentRoot = args[0] ?? config.documentRoot
      else if (lower === 'directoryindex') config.index = args
      else if (lower === 'redirect') {
        const status = /^\d+$/.test(args[0] ?? '') ? Number(args[0]) : args[0] === 'permanent' ? 301 : 302
        const [from = '/', to = '/'] = args.length > 2 ? args.slice(1) : args
        config.redirects.push({ from, to, status })
      } else if (lower === 'proxypass') {
        const target = /^http:\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(args[1] ?? '')
        if (target) config.proxies.push({ path: args[0] ?? '/', host: target[1]!, port: Number(target[2] ?? 80), base: target[3] ?? '' })
      }
    }
  }
  return config.ports.length === 0 ? { error: '(13)Permission denied: no listening sockets available, shutting down' } : config
}

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  txt: 'text/plain',
}

function serve(config: Config, request: HttpRequest, port: number, ctx: ProcessContext): { reply: HttpReply; ms: number } {
  const path = request.path.split('?')[0]!
  const plain = (status: number, title: string, text: string, headers: Record<string, string> = {}): { reply: HttpReply; ms: number } => ({
    ms: 1,
    reply: {
      status,
      headers: { 'content-type': 'text/html; charset=iso-8859-1', ...headers },
      body: apacheError(status, title, text, request.host, port).replace('2.4.65 (Debian)', '2.4.65 (Unix)'),
    },
  })
  const redirect = config.redirects.find((r) => path.startsWith(r.from))
  if (redirect)
    return plain(redirect.status, redirect.status === 301 ? 'Moved Permanently' : 'Found', 'The document has moved.', {
      location: redirect.to + path.slice(redirect.from.length),
    })
  const proxy = config.proxies.find((p) => path.startsWith(p.path))
  if (proxy) {
    const result = ctx.dial({
      host: proxy.host,
      port: proxy.port,
      protocol: 'http',
      payload: {
        ...request,
        path: proxy.base + request.path.slice(proxy.path.length - (proxy.path.endsWith('/') && !proxy.base.endsWith('/') ? 1 : 0)),
      },
      timeoutMs: 60_000,
    })
    if (result.ok) return { reply: result.reply as HttpReply, ms: result.latencyMs + 1 }
    const shown =
      result.failure === 'timeout'
        ? plain(504, 'Gateway Timeout', 'The gateway did not receive a timely response from the upstream server or application.')
        : plain(
            503,
            'Service Unavailable',
            'The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.',
          )
    return { ...shown, ms: result.latencyMs + 1 }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return plain(405, 'Method Not Allowed', 'The requested method is not allowed for this URL.')
  let full = `${config.documentRoot}${path}`.replace(/\/+$/, '') || '/'
  if (kindAt(ctx.files, full) === 'directory') {
    if (!path.endsWith('/'))
      return plain(301, 'Moved Permanently', 'The document has moved.', { location: `http://${request.host}${path}/` })
    const found = config.index.find((name) => kindAt(ctx.files, `${full}/${name}`) === 'file')
    if (found === undefined) return plain(403, 'Forbidden', "You don't have permission to access this resource.")
    full = `${full}/${found}`
  }
  const text = readText(ctx.files, full)
  if (text === undefined) return plain(404, 'Not Found', 'The requested URL was not found on this server.')
  return {
    ms: 1,
    reply: {
      status: 200,
      headers: {
        'content-type': TYPES[full.slice(full.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
        'content-length': String(Buffer.byteLength(text)),
      },
      body: text,
    },
  }
}

function begin(ctx: ProcessContext): State {
  const config = readConfig(ctx)
  if ('error' in config) {
    ctx.log(config.error, 'stderr')
    ctx.exit(1)
    return {}
  }
  ctx.log(serverName(ctx.pod.ip).replace('apache2', 'httpd'), 'stderr')
  ctx.log(
    `[${apacheTime(ctx.nowMs)}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.65 (Unix) configured -- resuming normal operations`,
    'stderr',
  )
  ctx.log(`[${apacheTime(ctx.nowMs)}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`, 'stderr')
  for (const port of config.ports)
    if (!ctx.listen(port)) {
      ctx.log(portTaken(port), 'stderr')
      ctx.exit(1)
      return {}
    }
  ctx.memory(12 * MiB)
  return { config }
}

const test: ContainerCommand = {
  executables: ['httpd', 'apachectl'],
  handles: (argv) => argv.some((a) => a === '-t' || a === 'configtest' || a === '-v'),
  run({ argv, ctx }) {
    if (argv.includes('-v')) return { exitCode: 0, stdout: 'Server version: Apache/2.4.65 (Unix)\n' }
    const config = readConfig(ctx)
    return 'error' in config ? { exitCode: 1, stderr: `${config.error}\n` } : { exitCode: 0, stderr: 'Syntax OK\n' }
  },
}

export const httpd: Program<State> = {
  name: 'httpd',
  executables: ['httpd-foreground', 'httpd'],
  commands: [test],
  start(ctx) {
    ctx.memory(6 * MiB)
    ctx.timer('start', START_MS)
    return {}
  },
  on(state, event, ctx) {
    if (event.type === 'timer') return begin(ctx)
    if (event.type === 'signal') {
      if (event.signal === 'HUP' || event.signal === 'USR1') return begin(ctx)
      if (['TERM', 'INT', 'WINCH'].includes(event.signal)) ctx.exit(0)
      return state
    }
    if (event.type !== 'request') return state
    if (event.protocol !== 'http' || state.config === undefined) ctx.reset()
    else {
      const request = event.payload as HttpRequest
      const { reply, ms } = serve(state.config, request, event.port, ctx)
      ctx.log(
        `${event.sourceIp} - - [${commonLogTime(ctx.nowMs)}] "${request.method} ${request.path} HTTP/1.1" ${reply.status} ${Buffer.byteLength(reply.body)}`,
      )
      ctx.reply(
        {
          ...reply,
          headers: { ...reply.headers, server: 'Apache/2.4.65 (Unix)', date: httpDate(ctx.nowMs) },
          body: request.method === 'HEAD' ? '' : reply.body,
        },
        ms,
      )
    }
    return state
  },
}

export const httpdImage: ImageRecord = {
  repositories: ['httpd'],
  version: versions({ latest: '2.4.65', series: { '2.4': 65 }, variants: ['alpine', 'bookworm', 'trixie'] }),
  image: (_version, tag) => ({
    entrypoint: [],
    cmd: ['httpd-foreground'],
    env: { HTTPD_PREFIX: ROOT, HTTPD_VERSION: '2.4.65' },
    workingDir: ROOT,
    exposedPorts: [80],
    sizeBytes: tag.includes('alpine') ? 21 * MB : 45 * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    executables: ['httpd-foreground', 'httpd', 'apachectl', 'getent'],
    files: {
      [`${ROOT}/conf/httpd.conf`]: `ServerRoot "${ROOT}"\nListen 80\nUser www-data\nGroup www-data\nServerAdmin you@example.com\nDocumentRoot "${ROOT}/htdocs"\nDirectoryIndex index.html\nErrorLog /proc/self/fd/2\nLogLevel warn\n`,
      [`${ROOT}/htdocs/index.html`]: '<html><body><h1>It works!</h1></body></html>\n',
    },
  }),
}
