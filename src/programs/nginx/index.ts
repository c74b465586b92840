/** nginx: reads its configuration at start and on HUP, listens where it says, serves files and proxies. Models nginx 1.14–1.29 of the official image. */
import type { HttpRequest } from '../../network/contract.ts'
import { FileError, type FileErrorCode } from '../../script/files.ts'
import type { ContainerCommand, ProcessContext, Program } from '../contract.ts'
import { MiB } from '../text/context.ts'
import { commonLogTime } from '../text/times.ts'
import { type NginxConfig, readConfig } from './config.ts'
import { ConfigError } from './config-parse.ts'
import { logError, openLogs, writeLog } from './logs.ts'
import { emerg, entrypointLines, notice, startNotices } from './messages.ts'
import { serve, serverFor } from './serve.ts'
import { type Certificates, certificateAt, loadCertificates, plainAtTlsPort } from './tls.ts'

interface State {
  readonly phase: 'starting' | 'running' | 'failed'
  readonly config?: NginxConfig
  /** Host names of backends → addresses, as looked up when the configuration was read: nginx asks DNS only then. */
  readonly resolved: Readonly<Record<string, string>>
  /** As they were when the configuration was read: nginx looks at the files only then. */
  readonly certificates?: Certificates
}

const START_MS = 80
/** The user `nginx` of the official image. */
const WORKER_UID = 101
/** Processor time of a request. */
const REQUEST_CPU_MS = 0.1
export const nginxVersion = (ctx: ProcessContext): string => ctx.env['NGINX_VERSION'] ?? '1.27.3'

const configPath = (argv: readonly string[]): string => {
  const at = argv.indexOf('-c')
  return at >= 0 ? (argv[at + 1] ?? '') : '/etc/nginx/nginx.conf'
}

/** The configuration and the addresses of all hosts it proxies to. Throws ConfigError. */
function load(ctx: ProcessContext): { config: NginxConfig; resolved: Record<string, string>; certificates: Certificates } {
  const config = readConfig(ctx.files, configPath(ctx.argv))
  const certificates = loadCertificates(config.servers, ctx.files)
  const resolved: Record<string, string> = {}
  const lookUp = (host: string, at: string): void => {
    if (/^[\d.]+$/.test(host) || resolved[host] !== undefined) return
    const answer = ctx.resolve(host, 'A')
    const record = answer.ok ? answer.records.find((r) => r.type === 'A') : undefined
    if (record === undefined) throw new ConfigError(`host not found in upstream "${host}" in ${at}`)
    resolved[host] = record.data
  }
  for (const [name, backends] of Object.entries(config.upstreams))
    for (const b of backends) lookUp(b.host, `/etc/nginx/conf.d/default.conf (upstream ${name})`)
  for (const server of config.servers)
    for (const { proxy } of server.locations)
      if (proxy && config.upstreams[proxy.target] === undefined && !proxy.target.includes('$'))
        lookUp(proxy.target.split(':')[0]!, proxy.at)
  return { config, resolved, certificates }
}

const logPaths = (config: NginxConfig): Set<string> => new Set(config.servers.flatMap((s) => [s.own, ...s.locations].map((l) => l.log)))

/** errno's numbers of what files answer. */
const ERRNO: Readonly<Partial<Record<FileErrorCode, number>>> = { EPERM: 1, ENOENT: 2, EACCES: 13, ENOTDIR: 20, ENOSPC: 28, EROFS: 30 }

/** Throws ConfigError in nginx' words. */
function attempt(call: string, path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw new ConfigError(`${call} "${path}" failed (${ERRNO[error.code] ?? 5}: ${error.message})`)
  }
}

/** The directories for bodies that do not fit into memory; nginx makes them before anything else, as root it gives them to its workers. */
function makeTemps(temps: readonly string[], ctx: ProcessContext): void {
  for (const path of temps) {
    if (ctx.files.stat(path) !== undefined) continue
    attempt('mkdir()', path, () => ctx.files.mkdir(path))
    if (ctx.uid === 0) attempt('chown()', path, () => ctx.files.chown?.(path, WORKER_UID, WORKER_UID))
  }
}

function begin(ctx: ProcessContext): State {
  try {
    const loaded = load(ctx)
    makeTemps(loaded.config.temps, ctx)
    openLogs(logPaths(loaded.config), ctx)
    for (const line of startNotices(ctx.nowMs, nginxVersion(ctx))) logError(line, ctx)
    for (const port of new Set(loaded.config.servers.flatMap((s) => s.ports)))
      if (!ctx.listen(port))
        throw new ConfigError(
          `bind() to 0.0.0.0:${port} failed (${ctx.mayBind(port) ? '98: Address already in use' : '13: Permission denied'})`,
        )
    attempt('open()', loaded.config.pid, () => ctx.files.write(loaded.config.pid, '1\n'))
    return { phase: 'running', ...loaded }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    ctx.log(`nginx: [emerg] ${error.message}`, 'stderr')
    ctx.exit(1)
    return { phase: 'failed', resolved: {} }
  }
}

function reload(state: State, ctx: ProcessContext): State {
  logError(notice(ctx.nowMs, 'signal 1 (SIGHUP) received from 30, reconfiguring'), ctx)
  try {
    const loaded = load(ctx)
    const ports = new Set(loaded.config.servers.flatMap((s) => s.ports))
    for (const port of state.config?.servers.flatMap((s) => s.ports) ?? []) if (!ports.has(port)) ctx.unlisten(port)
    for (const port of ports) ctx.listen(port)
    openLogs(logPaths(loaded.config), ctx)
    logError(notice(ctx.nowMs, 'reconfiguring'), ctx)
    return { ...state, ...loaded }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    logError(emerg(ctx.nowMs, error.message), ctx)
    return state
  }
}

function request(state: State, port: number, message: HttpRequest, sourceIp: string, ctx: ProcessContext): void {
  const tls = serverFor(state.config!, port, message.tls?.serverName ?? message.host)?.tls
  const certificate = certificateAt(tls, port, state.certificates ?? {})
  if (certificate !== undefined && message.tls === undefined) {
    ctx.reply(plainAtTlsPort(nginxVersion(ctx)), 1)
    return
  }
  const answer = serve({ config: state.config!, resolved: state.resolved, version: nginxVersion(ctx), ctx, port, sourceIp }, message)
  if (answer.log !== '') {
    const h = message.headers
    writeLog(
      answer.log,
      `${sourceIp} - - [${commonLogTime(ctx.nowMs)}] "${message.method} ${message.path} HTTP/1.1" ${answer.status} ${Buffer.byteLength(answer.body)} "${h['referer'] ?? '-'}" "${h['user-agent'] ?? '-'}" "${h['x-forwarded-for'] ?? '-'}"`,
      ctx,
    )
  }
  if (answer.status === 444) ctx.reset()
  else {
    const { status, headers, body } = answer
    ctx.reply({ status, headers, body, ...(certificate && { certificate }) }, answer.serviceMs)
  }
}

/** The nginx of a container, asked to reload: what `nginx -s` sends to the master process. */
const CONTROL = 'nginx-control'

const nginxCommand: ContainerCommand = {
  executables: ['nginx'],
  handles: (argv) => argv.some((a) => ['-t', '-T', '-v', '-V', '-s'].includes(a)),
  run({ argv, ctx }) {
    const version = `nginx version: nginx/${nginxVersion(ctx)}\n`
    if (argv.includes('-v') || argv.includes('-V')) return { exitCode: 0, stderr: version }
    const path = configPath(argv)
    let config: NginxConfig
    try {
      config = readConfig(ctx.files, path)
      loadCertificates(config.servers, ctx.files)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return {
        exitCode: 1,
        stderr: `nginx: [emerg] ${error.message}\n${argv.includes('-t') ? `nginx: configuration file ${path} test failed\n` : ''}`,
      }
    }
    if (argv.includes('-t') || argv.includes('-T'))
      return {
        exitCode: 0,
        stderr: `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`,
      }
    const at = argv.indexOf('-s')
    const signal = argv[at + 1] ?? ''
    if (!['reload', 'stop', 'quit', 'reopen'].includes(signal)) return { exitCode: 1, stderr: `nginx: invalid option: "-s ${signal}"\n` }
    const ports = [80, ...config.servers.flatMap((s) => s.ports)]
    const sent = ports.some((port) => ctx.dial({ host: '127.0.0.1', port, protocol: CONTROL, payload: signal, timeoutMs: 1000 }).ok)
    return sent
      ? { exitCode: 0, stderr: `${ctx.nowMs > 0 ? notice(ctx.nowMs, 'signal process started').replace('1#1', '30#30') : ''}\n` }
      : { exitCode: 1, stderr: 'nginx: [error] invalid PID number "" in "/run/nginx.pid"\n' }
  },
}

export const nginx: Program<State> = {
  name: 'nginx',
  executables: ['nginx', 'nginx-debug'],
  title: (argv) => `nginx: master process ${argv.join(' ')}`,
  commands: [nginxCommand],
  start(ctx) {
    if (ctx.argv.some((a) => a === '-t' || a === '-v' || a === '-V' || a === '-T')) {
      const done = nginxCommand.run({ argv: ctx.argv, stdin: () => '', ctx })
      ctx.log(done.stderr ?? '', 'stderr')
      ctx.exit(done.exitCode)
      return { phase: 'failed', resolved: {} }
    }
    for (const line of entrypointLines) ctx.log(line)
    ctx.memory(9 * MiB)
    ctx.cpu(1)
    ctx.timer('start', START_MS)
    return { phase: 'starting', resolved: {} }
  },
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        return state.phase === 'starting' ? begin(ctx) : state
      case 'signal':
        if (event.signal === 'HUP') return state.phase === 'running' ? reload(state, ctx) : state
        if (['TERM', 'INT', 'QUIT'].includes(event.signal)) {
          logError(
            notice(
              ctx.nowMs,
              event.signal === 'QUIT'
                ? 'signal 3 (SIGQUIT) received, shutting down'
                : `signal ${event.signal === 'INT' ? '2 (SIGINT)' : '15 (SIGTERM)'} received, exiting`,
            ),
            ctx,
          )
          ctx.exit(0)
        }
        return state
      case 'request':
        if (event.protocol === CONTROL) {
          const next = event.payload === 'reload' ? reload(state, ctx) : state
          ctx.reply('ok', 0)
          if (event.payload === 'stop' || event.payload === 'quit') ctx.exit(0)
          return next
        }
        if (event.protocol === 'http') ctx.burn(REQUEST_CPU_MS)
        if (event.protocol === 'http') request(state, event.port, event.payload as HttpRequest, event.sourceIp, ctx)
        else ctx.reply(null)
        return state
      case 'load':
        ctx.cpu(1 + event.perSecond * REQUEST_CPU_MS)
        return state
      default:
        return state
    }
  },
}
