/**
 * Apache Tomcat 9 to 11 on a JVM: files and described servlets; a heap of its own within the container's memory (an OutOfMemoryError inside, the kernel's
 * kill outside); a pool of threads, each of which is taken as long as its servlet waits: when all wait the process lives and nobody is answered.
 */

import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ContainerCommand, ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { heapSpaceError, javaOptions, maxHeapBytes, residentBytes } from '../jvm/heap.ts'
import { MiB, slowdown } from '../text/context.ts'
import { kindAt, readText } from '../text/files.ts'
import { splitUrl } from '../text/http.ts'
import { type Application, applicationFor, applicationsIn, type Servlet } from './application.ts'
import { accessLine, errorPage, log } from './messages.ts'

const HOME = '/usr/local/tomcat'
const START_MS = 2_500
const BASE_LIVE = 55 * MiB
/** The port that takes SHUTDOWN, on which `jcmd` asks here, too. */
const ATTACH_PORT = 8005
const LEAK_MS = 5_000
const CONNECTOR = 'org.apache.coyote.AbstractProtocol.start'

interface State {
  readonly phase: 'starting' | 'up' | 'dead'
  readonly port: number
  readonly maxThreads: number
  readonly acceptCount: number
  readonly heapBytes: number
  readonly exitOnOom: boolean
  readonly applications: readonly Application[]
  /** Backend → threads that wait for it for ever. */
  readonly waiting: Readonly<Record<string, number>>
  readonly keptBytes: number
  readonly perSecond: number
  /** The servlet that a load asks for, as the last request told. */
  readonly loaded?: Servlet
}

const waitingOf = (s: State): number => Object.values(s.waiting).reduce((a, b) => a + b, 0)

function start(ctx: ProcessContext): State {
  const conf = readText(ctx.files, `${HOME}/conf/server.xml`) ?? ''
  const connector = /<Connector\b[^>]*protocol="HTTP\/1.1"[^>]*>/s.exec(conf)?.[0] ?? ''
  const attribute = (name: string, other: number): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(connector)?.[1] ?? other)
  const options = javaOptions(ctx.env, ['JAVA_OPTS', 'CATALINA_OPTS'])
  const state: State = {
    phase: 'starting',
    port: attribute('port', 8080),
    maxThreads: attribute('maxThreads', 200),
    acceptCount: attribute('acceptCount', 100),
    heapBytes: maxHeapBytes(options, ctx.limits.memoryBytes),
    exitOnOom: options.includes('-XX:+ExitOnOutOfMemoryError') || options.includes('-XX:+CrashOnOutOfMemoryError'),
    applications: [],
    waiting: {},
    keptBytes: 0,
    perSecond: 0,
  }
  log(
    ctx,
    'INFO',
    'org.apache.catalina.startup.VersionLoggerListener.log',
    `Server version name:   Apache Tomcat/${ctx.env['TOMCAT_VERSION'] ?? '10.1.44'}`,
  )
  for (const option of options)
    log(ctx, 'INFO', 'org.apache.catalina.startup.VersionLoggerListener.log', `Command line argument: ${option}`)
  if (state.heapBytes < BASE_LIVE / 3) {
    ctx.log(`Exception in thread "main" ${heapSpaceError}`, 'stderr')
    ctx.exit(1)
    return { ...state, phase: 'dead' }
  }
  ctx.memory(residentBytes(Math.min(BASE_LIVE, state.heapBytes), state.heapBytes))
  ctx.cpu(1000)
  ctx.timer('start', START_MS * slowdown(ctx))
  return state
}

function up(s: State, ctx: ProcessContext): State {
  const { applications, archives } = applicationsIn(ctx.files, `${HOME}/webapps`)
  if (!ctx.listen(s.port)) {
    log(
      ctx,
      'SEVERE',
      'org.apache.catalina.util.LifecycleBase.handleSubClassException',
      `Failed to initialize component [Connector["http-nio-${s.port}"]]: java.net.BindException: Address already in use`,
    )
    ctx.exit(1)
    return { ...s, phase: 'dead' }
  }
  ctx.listen(ATTACH_PORT)
  for (const name of archives)
    log(
      ctx,
      'WARNING',
      'org.apache.catalina.startup.HostConfig.deployWAR',
      `clusterlab cannot open the archive [${name}]; deploy a directory with WEB-INF/clusterlab.yaml`,
    )
  for (const a of applications)
    if (a.error === undefined)
      log(
        ctx,
        'INFO',
        'org.apache.catalina.startup.HostConfig.deployDirectory',
        `Deployment of web application directory [${a.directory}] has finished in [120] ms`,
      )
    else
      log(
        ctx,
        'SEVERE',
        'org.apache.catalina.startup.HostConfig.deployDirectory',
        `Error deploying web application directory [${a.directory}]: ${a.error}`,
      )
  log(ctx, 'INFO', CONNECTOR, `Starting ProtocolHandler ["http-nio-${s.port}"]`)
  log(ctx, 'INFO', 'org.apache.catalina.startup.Catalina.start', `Server startup in [${Math.round(START_MS * slowdown(ctx))}] milliseconds`)
  ctx.cpu(5)
  return { ...s, phase: 'up', applications }
}

/** What the objects take: what was kept, and what runs now. */
const liveBytes = (s: State, running: number): number => BASE_LIVE + s.keptBytes + running

/** Sets the memory; false where the heap does not hold it. */
function fits(s: State, running: number, ctx: ProcessContext): boolean {
  const live = liveBytes(s, running)
  // A collector that finds nothing to free works all the time.
  ctx.cpu(live > s.heapBytes * 0.95 ? 1000 : 5 + s.perSecond * (s.loaded?.cpuMs ?? 1))
  ctx.memory(residentBytes(Math.min(live, s.heapBytes), s.heapBytes))
  return live <= s.heapBytes
}

function outOfMemory(s: State, ctx: ProcessContext): State {
  log(
    ctx,
    'SEVERE',
    'org.apache.catalina.core.StandardWrapperValve.invoke',
    `Servlet.service() threw exception [Handler dispatch failed: ${heapSpaceError}] with root cause ${heapSpaceError}`,
    `http-nio-${s.port}-exec-1`,
  )
  if (!s.exitOnOom) return s
  ctx.log(`Terminating due to ${heapSpaceError}`)
  ctx.exit(3)
  return { ...s, phase: 'dead' }
}

interface Asked {
  readonly kind: 'answer' | 'failed' | 'waits'
  readonly ms: number
  readonly text?: string
}

function ask(url: string, timeoutMs: number, ctx: ProcessContext): Asked {
  const { tls, host, port } = splitUrl(url, 80)
  const path = /^\w+:\/\/[^/]+(\/.*)$/.exec(url)?.[1] ?? '/'
  const web = /^https?:/.test(url)
  const payload: HttpRequest = { method: 'GET', path, host, headers: {}, ...(tls && { tls: { serverName: host, insecure: true } }) }
  const patience = timeoutMs > 0 ? timeoutMs : 3_600_000
  const result = ctx.dial({ host, port, protocol: web ? 'http' : 'tcp', ...(web && { payload }), timeoutMs: patience })
  if (result.ok) return { kind: 'answer', ms: result.latencyMs }
  if (result.failure === 'timeout' && timeoutMs <= 0) return { kind: 'waits', ms: 0 }
  const text =
    result.failure === 'timeout'
      ? 'java.net.SocketTimeoutException: Read timed out'
      : result.failure === 'refused'
        ? 'java.net.ConnectException: Connection refused'
        : result.failure.startsWith('dns')
          ? `java.net.UnknownHostException: ${host}`
          : 'java.net.SocketException: Connection reset'
  return { kind: 'failed', ms: result.latencyMs, text }
}

/** Threads that waited for a backend which answers again, or whose connections broke, are free. */
function released(s: State, ctx: ProcessContext): State {
  if (waitingOf(s) === 0) return s
  const waiting = Object.fromEntries(Object.entries(s.waiting).filter(([url]) => ask(url, 0, ctx).kind === 'waits'))
  return Object.keys(waiting).length === Object.keys(s.waiting).length ? s : { ...s, waiting }
}

const reply = (status: number, body: string, type = 'text/html;charset=utf-8'): HttpReply => ({
  status,
  headers: { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
  body,
})

function serveFile(s: State, path: string, ctx: ProcessContext): HttpReply {
  const app = applicationFor(s.applications, path)
  const inside = app && path.slice(app.context.length)
  const missing = reply(404, errorPage(404, `The requested resource [${path}] is not available`))
  if (app === undefined || /^\/(WEB|META)-INF(\/|$)/i.test(inside!)) return missing
  const file = `${app.directory}${inside === '' || inside!.endsWith('/') ? `${inside === '' ? '/' : inside}index.html` : inside}`
  if (/\.jspx?$/.test(file) && kindAt(ctx.files, file) === 'file') return reply(500, errorPage(500, 'clusterlab does not run JSP pages'))
  const text = kindAt(ctx.files, file) === 'file' ? readText(ctx.files, file) : undefined
  return text === undefined
    ? missing
    : reply(200, text, file.endsWith('.html') ? 'text/html' : file.endsWith('.json') ? 'application/json' : 'text/plain')
}

function runServlet(s: State, servlet: Servlet, ctx: ProcessContext): { state: State; reply?: HttpReply; ms: number } {
  const state: State = { ...s, loaded: servlet, keptBytes: s.keptBytes + servlet.keepsBytes }
  ctx.burn(servlet.cpuMs)
  const asked: Asked = servlet.backend === undefined ? { kind: 'answer', ms: 0 } : ask(servlet.backend, servlet.timeoutMs, ctx)
  const ms = servlet.cpuMs * slowdown(ctx) + asked.ms
  const together = Math.min(s.maxThreads, Math.max(1, (s.perSecond * ms) / 1000) + waitingOf(s))
  if (!fits(state, together * servlet.heapBytes, ctx))
    return { state: outOfMemory({ ...state, keptBytes: s.keptBytes }, ctx), reply: reply(500, errorPage(500, heapSpaceError)), ms }
  if (asked.kind === 'waits') {
    const url = servlet.backend!
    const next = { ...state, waiting: { ...state.waiting, [url]: (state.waiting[url] ?? 0) + 1 } }
    // Those of a load follow, each with its thread.
    if (s.perSecond > 0) ctx.timer('taken', ((s.maxThreads - waitingOf(next)) / s.perSecond) * 1000, url)
    return { state: next, ms: 0 }
  }
  if (asked.kind === 'failed') {
    log(
      ctx,
      'SEVERE',
      'org.apache.catalina.core.StandardWrapperValve.invoke',
      `Servlet.service() for servlet [${servlet.path}] threw exception ${asked.text}`,
      `http-nio-${s.port}-exec-1`,
    )
    return { state, reply: reply(500, errorPage(500, asked.text ?? '')), ms }
  }
  // More at a time than there are threads: the rest waits its turn.
  const wanted = (s.perSecond * ms) / 1000
  const queueMs = wanted > s.maxThreads ? (s.acceptCount * ms) / s.maxThreads : 0
  return { state, reply: reply(servlet.status, servlet.body, 'text/plain;charset=utf-8'), ms: ms + queueMs }
}

function serve(before: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  const s = released(before, ctx)
  if (waitingOf(s) >= s.maxThreads) {
    const backends = Object.keys(s.waiting).join(', ')
    ctx.hop(() => ({ layer: 'process', at: 'tomcat', detail: `all ${s.maxThreads} threads wait for ${backends}`, ok: false }))
    ctx.hang()
    return s
  }
  const request = event.payload as HttpRequest
  const path = request.path.split('?')[0]!
  const servlet = s.applications.flatMap((a) => a.servlets).find((x) => x.path === path)
  const done = servlet ? runServlet(s, servlet, ctx) : { state: s, reply: serveFile(s, path, ctx), ms: 1 }
  if (done.reply === undefined) {
    ctx.hop(() => ({ layer: 'process', at: 'tomcat', detail: `the servlet ${path} waits for ${servlet!.backend} without end`, ok: false }))
    ctx.hang()
    return done.state
  }
  try {
    ctx.files.append(
      `${HOME}/logs/localhost_access_log.txt`,
      `${accessLine(ctx.nowMs, event.sourceIp, request.method, request.path, done.reply.status, Buffer.byteLength(done.reply.body))}\n`,
    )
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
  ctx.reply(done.reply, done.ms)
  return done.state
}

/** What a load leaves behind. */
function leaked(s: State, ctx: ProcessContext): State {
  const keeps = (s.loaded?.keepsBytes ?? 0) * s.perSecond
  if (keeps === 0) return s
  ctx.timer('leak', LEAK_MS)
  const state = { ...s, keptBytes: Math.min(s.heapBytes, s.keptBytes + (keeps * LEAK_MS) / 1000) }
  return fits(state, 0, ctx) ? state : outOfMemory(state, ctx)
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.port === ATTACH_PORT && event.protocol === 'jvm-attach') {
    const threads = `"http-nio-${s.port}-exec" ${waitingOf(s)} of ${s.maxThreads} threads: java.lang.Thread.State: RUNNABLE\n${Object.entries(
      s.waiting,
    )
      .map(([url, n]) => `   ${n} at java.net.SocketInputStream.read, waiting for ${url}\n`)
      .join('')}`
    ctx.reply({
      threads,
      heap: ` garbage-first heap   total ${Math.floor(s.heapBytes / 1024)}K, used ${Math.floor(liveBytes(s, 0) / 1024)}K\n`,
    })
    return s
  }
  if (event.port === s.port && event.protocol === 'http' && s.phase === 'up') return serve(s, event, ctx)
  ctx.reset()
  return s
}

/** `jcmd 1 Thread.print`, `jcmd 1 GC.heap_info`. */
export const jcmd: ContainerCommand = {
  executables: ['jcmd'],
  run({ argv, ctx }) {
    if (argv[1] === undefined || argv[1] === '-l') return { exitCode: 0, stdout: '1 org.apache.catalina.startup.Bootstrap start\n' }
    const result = ctx.dial({ host: '127.0.0.1', port: ATTACH_PORT, protocol: 'jvm-attach', payload: argv[2], timeoutMs: 5_000 })
    if (!result.ok)
      return {
        exitCode: 1,
        stderr: `com.sun.tools.attach.AttachNotSupportedException: Unable to open socket file /proc/1/root/tmp/.java_pid1: target process 1 doesn't respond within 10500ms or HotSpot VM not loaded\n`,
      }
    const { threads, heap } = result.reply as { threads: string; heap: string }
    if (argv[2] === 'Thread.print') return { exitCode: 0, stdout: `1:\n${threads}` }
    if (argv[2] === 'GC.heap_info') return { exitCode: 0, stdout: `1:\n${heap}` }
    return { exitCode: 1, stderr: `clusterlab simulates of jcmd only Thread.print and GC.heap_info, not ${argv[2] ?? 'help'}\n` }
  },
}

export const tomcat: Program<State> = {
  name: 'tomcat',
  executables: ['catalina.sh'],
  commands: [jcmd],
  start,
  on(s, event, ctx) {
    switch (event.type) {
      case 'timer':
        if (event.id === 'start') return up(s, ctx)
        if (event.id === 'leak') return leaked(s, ctx)
        return ask(String(event.payload), 0, ctx).kind === 'waits'
          ? { ...s, waiting: { ...s.waiting, [String(event.payload)]: s.maxThreads } }
          : s
      case 'request':
        return request(s, event, ctx)
      case 'load': {
        const state = { ...s, perSecond: event.perSecond }
        if (event.perSecond > 0 && (s.loaded?.keepsBytes ?? 0) > 0) ctx.timer('leak', LEAK_MS)
        else ctx.cancelTimer('leak')
        fits(state, 0, ctx)
        return state
      }
      case 'signal':
        if (event.signal !== 'TERM' && event.signal !== 'INT') return s
        log(ctx, 'INFO', 'org.apache.coyote.AbstractProtocol.stop', `Stopping ProtocolHandler ["http-nio-${s.port}"]`, 'Thread-1')
        ctx.exit(143)
        return { ...s, phase: 'dead' }
      default:
        return s
    }
  },
}

const SERVER_XML =
  '<Server port="8005" shutdown="SHUTDOWN">\n  <Service name="Catalina">\n    <Connector port="8080" protocol="HTTP/1.1" connectionTimeout="20000" maxThreads="200" acceptCount="100" />\n  </Service>\n</Server>\n'

export const tomcatImage: ImageRecord = {
  repositories: ['tomcat'],
  version: versions({
    latest: '11.0.10',
    series: { '9.0': 108, '10.1': 44, '11.0': 10 },
    variants: [
      'jdk11',
      'jdk17',
      'jdk21',
      'jre17',
      'jre21',
      'jdk11-temurin',
      'jdk17-temurin',
      'jdk21-temurin',
      'jre17-temurin',
      'jre21-temurin',
      'jdk17-corretto',
      'jdk21-corretto',
    ],
  }),
  image: (version) => ({
    entrypoint: [],
    cmd: ['catalina.sh', 'run'],
    env: { TOMCAT_VERSION: version, TOMCAT_MAJOR: version.split('.')[0]!, CATALINA_HOME: HOME },
    workingDir: HOME,
    exposedPorts: [8080],
    sizeBytes: 200 * MB,
    base: 'debian',
    executables: ['catalina.sh', 'jcmd', 'curl'],
    files: {
      [`${HOME}/conf/server.xml`]: SERVER_XML,
      [`${HOME}/webapps/.keep`]: '',
      [`${HOME}/logs/.keep`]: '',
      [`${HOME}/webapps.dist/ROOT/index.html`]: '<h1>Apache Tomcat</h1>\n',
    },
  }),
}
