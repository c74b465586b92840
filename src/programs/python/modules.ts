/** Modules of Python's library: os, sys, time, json, random, math, signal, socket, threading and the like. Names are `module.function`. */
import { civilFromMs } from '../../api/rfc3339.ts'
import { pathIn } from '../scripting/files.ts'
import { Exit, type Machine, Thrown } from '../scripting/machine.ts'
import { flush, write } from '../scripting/output.ts'
import { isBuiltin, type Value } from '../scripting/values.ts'
import { bufferOf } from './builtins.ts'
import { makeError } from './errors.ts'
import { withFiles } from './file-objects.ts'
import { dumps, loads } from './json.ts'
import { LEVELS, logging, threads } from './modules-running.ts'
import { type Call, field, float, given, list, type Natives, number, object, text, tuple } from './natives.ts'
import { truthy } from './operate.ts'
import { plain } from './text.ts'

export const PYTHON = '3.13.7'
const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 }
export const signalName = (n: number): string =>
  Object.keys(SIGNALS)
    .find((k) => SIGNALS[k] === n)
    ?.slice(3) ?? String(n)
export const signalNumber = (name: string): number => SIGNALS[`SIG${name}`] ?? 0

/** What is no function: `sys.argv`, `math.pi`. */
export function constantOf(m: Machine, name: string): Value | undefined {
  switch (name) {
    case 'os.environ':
      return { b: 'os.environ' }
    case 'os.path':
    case 'http.server':
    case 'http.client':
    case 'urllib.request':
    case 'urllib.error':
    case 'urllib.parse':
    case 'logging.handlers':
      return { b: `mod:${name}` }
    case 'os.sep':
      return '/'
    case 'os.linesep':
      return '\n'
    case 'sys.argv':
      return list(m, m.modules[0]!.path === '<string>' ? ['-c', ...scriptArguments(m)] : [m.modules[0]!.path, ...scriptArguments(m)])
    case 'sys.stdout':
    case 'sys.stderr':
    case 'sys.stdin':
      return { b: name.slice(4) }
    case 'sys.version':
      return `${PYTHON} (main, Sep  1 2025, 12:00:00) [GCC 12.2.0]`
    case 'sys.version_info':
      return tuple(m, PYTHON.split('.').map(Number))
    case 'sys.platform':
      return 'linux'
    case 'sys.executable':
      return '/usr/local/bin/python3'
    case 'sys.maxsize':
      return Number.MAX_SAFE_INTEGER
    case 'sys.path':
      return list(m, [''])
    case 'math.pi':
      return float(Math.PI)
    case 'math.e':
      return float(Math.E)
    case 'math.inf':
      return float(Infinity)
    case 'datetime.datetime':
    case 'datetime.timezone':
    case 'datetime.UTC':
    case 'timezone.utc':
    case 'signal.SIG_DFL':
    case 'signal.SIG_IGN':
    case 'logging.StreamHandler':
      return { b: name }
    case 'socket.error':
      return { b: 'exc:OSError' }
    case 'socket.timeout':
      return { b: 'exc:TimeoutError' }
    case 'socket.gaierror':
    case 'urllib.error.URLError':
    case 'urllib.error.HTTPError':
      return { b: `exc:${name}` }
    case 'json.JSONDecodeError':
      return { b: 'exc:json.decoder.JSONDecodeError' }
    case 'socketserver.ThreadingMixIn':
      return { b: 'ThreadingMixIn' }
  }
  const [module, inner] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
  if (module === 'signal' && Object.hasOwn(SIGNALS, inner)) return SIGNALS[inner]
  if (module === 'logging' && Object.hasOwn(LEVELS, inner)) return LEVELS[inner]
  return undefined
}

/** Arguments after the script's own word. */
function scriptArguments(m: Machine): string[] {
  const { argv } = m.ctx
  const at = argv.findIndex((a, i) => i > 0 && (a === '-c' || a === '-m' || !a.startsWith('-')))
  return at < 0 ? [] : argv.slice(at + (argv[at] === '-c' || argv[at] === '-m' ? 2 : 1))
}

// ── time ──

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** `strftime` in UTC, which is what containers have. */
export function strftime(ms: number, format: string): string {
  const c = civilFromMs(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  const parts: Readonly<Record<string, () => string>> = {
    Y: () => String(c.year),
    y: () => two(c.year % 100),
    m: () => two(c.month),
    d: () => two(c.day),
    H: () => two(c.hour),
    I: () => two(c.hour % 12 || 12),
    M: () => two(c.minute),
    S: () => two(c.second),
    f: () => String(c.millisecond).padStart(3, '0').padEnd(6, '0'),
    p: () => (c.hour < 12 ? 'AM' : 'PM'),
    A: () => DAYS[c.weekday]!,
    a: () => DAYS[c.weekday]!.slice(0, 3),
    B: () => MONTHS[c.month - 1]!,
    b: () => MONTHS[c.month - 1]!.slice(0, 3),
    Z: () => 'UTC',
    z: () => '+0000',
    '%': () => '%',
  }
  return format.replace(/%([a-zA-Z%])/g, (whole, k: string) => parts[k]?.() ?? whole)
}

const moment = (m: Machine, ms: number): Value => {
  const c = civilFromMs(ms)
  return object(m, 'datetime', {
    '.ms': ms,
    year: c.year,
    month: c.month,
    day: c.day,
    hour: c.hour,
    minute: c.minute,
    second: c.second,
    microsecond: c.millisecond * 1000,
  })
}
const msOf = (m: Machine, v: Value): number => Number(field(m, v, '.ms'))

const times: Natives = {
  'time.sleep': (m, { args }) => {
    const ms = number(m, args[0]) * 1000
    if (ms < 0) m.fail('ValueError', 'sleep length must be non-negative')
    m.wait({ k: 'sleep', untilMs: m.nowMs + ms })
    return null
  },
  'time.time': (m) => float(m.nowMs / 1000),
  'time.monotonic': (m) => float(m.nowMs / 1000),
  'time.perf_counter': (m) => float(m.nowMs / 1000),
  'time.process_time': (m) => float(m.nowMs / 1000),
  'time.time_ns': (m) => m.nowMs * 1000,
  'time.strftime': (m, { args }) => strftime(m.nowMs, text(m, args[0])),
  'time.ctime': (m) => strftime(m.nowMs, '%a %b %d %H:%M:%S %Y'),
  'datetime.datetime.now': (m) => moment(m, m.nowMs),
  'datetime.datetime.utcnow': (m) => moment(m, m.nowMs),
  'datetime.datetime.today': (m) => moment(m, m.nowMs),
  'datetime.isoformat': (m, { self }) => {
    const ms = msOf(m, self)
    return strftime(ms, ms % 1000 === 0 ? '%Y-%m-%dT%H:%M:%S' : '%Y-%m-%dT%H:%M:%S.%f')
  },
  'datetime.strftime': (m, { self, args }) => strftime(msOf(m, self), text(m, args[0])),
  'datetime.timestamp': (m, { self }) => float(msOf(m, self) / 1000),
  'datetime.__sub__': (m, { self, args }) => object(m, 'timedelta', { '.ms': msOf(m, self) - msOf(m, args[0]!) }),
  'datetime.__repr__': (m, { self }) => strftime(msOf(m, self), '%Y-%m-%d %H:%M:%S.%f'),
  'timedelta.total_seconds': (m, { self }) => float(msOf(m, self) / 1000),
}

// ── os, sys ──

const path = (m: Machine, v: Value | undefined): string => pathIn(m.ctx, text(m, v))
const kind = (m: Machine, v: Value | undefined): string | undefined => {
  const at = path(m, v)
  const stat = m.ctx.files.stat(at)
  if (stat?.kind !== 'symlink') return stat?.kind
  try {
    m.ctx.files.list(at)
    return 'directory'
  } catch {
    return 'file'
  }
}
const environment = (m: Machine, name: string): string | undefined => m.ctx.env[name]

const system: Natives = {
  'os.getenv': (m, { args }) => environment(m, text(m, args[0])) ?? args[1] ?? null,
  'os.environ.get': (m, { args }) => environment(m, text(m, args[0])) ?? args[1] ?? null,
  'os.environ.__getitem__': (m, { args }) => {
    const found = environment(m, text(m, args[0]))
    if (found === undefined) throw new Thrown(makeError(m, 'KeyError', [args[0]!]))
    return found
  },
  'os.environ.__contains__': (m, { args }) => environment(m, text(m, args[0])) !== undefined,
  'os.environ.items': (m) =>
    list(
      m,
      Object.entries(m.ctx.env).map((e) => tuple(m, e)),
    ),
  'os.environ.keys': (m) => list(m, Object.keys(m.ctx.env)),
  'os.getpid': () => 1,
  'os.getcwd': (m) => m.ctx.cwd ?? '/',
  'os.cpu_count': (m) => Math.max(1, Math.ceil((m.ctx.limits.cpuMilli ?? 4000) / 1000)),
  'os.getuid': (m) => m.ctx.uid,
  'os.uname': (m) => object(m, 'uname', { sysname: 'Linux', nodename: m.ctx.hostname, machine: 'x86_64' }),
  'os._exit': (m, { args }) => {
    throw new Exit(number(m, args[0] ?? 0))
  },
  'os.listdir': (m, { args }) => {
    const name = args[0] === undefined ? '.' : text(m, args[0])
    return list(
      m,
      withFiles(m, name, () => m.ctx.files.list(pathIn(m.ctx, name))),
    )
  },
  'os.makedirs': (m, call) => {
    let at = ''
    for (const part of path(m, call.args[0]).split('/').slice(1)) {
      at += `/${part}`
      if (m.ctx.files.stat(at) === undefined) withFiles(m, at, () => m.ctx.files.mkdir(at))
      else if (at === path(m, call.args[0]) && !truthy(m, given(call, 2, 'exist_ok') ?? null))
        m.fail('FileExistsError', `[Errno 17] File exists: '${text(m, call.args[0])}'`)
    }
    return null
  },
  'os.mkdir': (m, { args }) => {
    withFiles(m, text(m, args[0]), () => m.ctx.files.mkdir(path(m, args[0])))
    return null
  },
  'os.remove': (m, { args }) => {
    withFiles(m, text(m, args[0]), () => m.ctx.files.remove(path(m, args[0])))
    return null
  },
  'os.rename': (m, { args }) => {
    withFiles(m, text(m, args[0]), () => m.ctx.files.rename(path(m, args[0]), path(m, args[1])))
    return null
  },
  'os.path.exists': (m, { args }) => m.ctx.files.stat(path(m, args[0])) !== undefined,
  'os.path.isfile': (m, { args }) => kind(m, args[0]) === 'file',
  'os.path.isdir': (m, { args }) => kind(m, args[0]) === 'directory',
  'os.path.getsize': (m, { args }) =>
    m.ctx.files.stat(path(m, args[0]))?.size ?? m.fail('FileNotFoundError', `[Errno 2] No such file or directory: '${text(m, args[0])}'`),
  'os.path.join': (m, { args }) => args.map((a) => text(m, a)).reduce((a, b) => (b.startsWith('/') ? b : `${a.replace(/\/$/, '')}/${b}`)),
  'os.path.basename': (m, { args }) => text(m, args[0]).replace(/^.*\//, ''),
  'os.path.dirname': (m, { args }) => text(m, args[0]).replace(/\/?[^/]*$/, ''),
  'os.path.abspath': (m, { args }) => path(m, args[0]),
  'sys.exit': (m, { args }) => {
    throw new Thrown(makeError(m, 'SystemExit', args))
  },
  'stdout.write': (m, { args }) => {
    write(m, 'stdout', text(m, args[0]), bufferOf(m))
    return text(m, args[0]).length
  },
  'stderr.write': (m, { args }) => {
    write(m, 'stderr', text(m, args[0]), 0)
    return text(m, args[0]).length
  },
  'stdout.flush': (m) => {
    flush(m, 'stdout')
    return null
  },
  'stderr.flush': () => null,
  'stdout.reconfigure': () => null,
  'platform.node': (m) => m.ctx.hostname,
  'platform.python_version': () => PYTHON,
  'platform.system': () => 'Linux',
}

// ── small modules ──

const draw = (m: Machine): number => {
  m.changed = true
  return m.ctx.random('script', m.draws++)
}
const math =
  (act: (x: number, y: number) => number, asFloat = true) =>
  (m: Machine, { args }: Call): Value => {
    const [x, y] = [number(m, args[0]), args[1] === undefined ? 0 : number(m, args[1])]
    const n = act(x, y)
    if (Number.isNaN(n) && !Number.isNaN(x)) return m.fail('ValueError', 'math domain error')
    return asFloat ? float(n) : n
  }

const small: Natives = {
  'random.random': (m) => float(draw(m)),
  'random.randint': (m, { args }) => number(m, args[0]) + Math.floor(draw(m) * (number(m, args[1]) - number(m, args[0]) + 1)),
  'random.randrange': (m, { args }) =>
    args[1] === undefined
      ? Math.floor(draw(m) * number(m, args[0]))
      : number(m, args[0]) + Math.floor(draw(m) * (number(m, args[1]) - number(m, args[0]))),
  'random.uniform': (m, { args }) => float(number(m, args[0]) + draw(m) * (number(m, args[1]) - number(m, args[0]))),
  'random.choice': (m, { args }) => {
    const all = m.language.spread(m, args[0]!)
    return all.length === 0 ? m.fail('IndexError', 'Cannot choose from an empty sequence') : all[Math.floor(draw(m) * all.length)]!
  },
  'random.seed': () => null,
  'uuid.uuid4': (m) =>
    Array.from({ length: 36 }, (_, i) => ([8, 13, 18, 23].includes(i) ? '-' : Math.floor(draw(m) * 16).toString(16))).join(''),
  'math.sqrt': math(Math.sqrt),
  'math.floor': math(Math.floor, false),
  'math.ceil': math(Math.ceil, false),
  'math.pow': math((x, y) => x ** y),
  'math.log': math(Math.log),
  'math.log10': math(Math.log10),
  'math.exp': math(Math.exp),
  'math.sin': math(Math.sin),
  'math.cos': math(Math.cos),
  'math.factorial': math((n) => Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1), false),
  'json.dumps': (m, call) => dumps(m, call.args[0]!, call),
  'json.loads': (m, { args }) => loads(m, text(m, args[0])),
  'json.dump': (m, call) => m.call(m.language.attr(m, call.args[1]!, 'write'), [dumps(m, call.args[0]!, call)]),
  'json.load': (m, { args }) => loads(m, plain(m, m.call(m.language.attr(m, args[0]!, 'read'), []))),
  'signal.signal': (m, { args }) => {
    const name = signalName(number(m, args[0]))
    const before = m.signals[name]
    if (isBuiltin(args[1]!) && args[1].b === 'signal.SIG_DFL') delete m.signals[name]
    else m.signals[name] = args[1]!
    m.changed = true
    return before ?? null
  },
  'signal.pause': (m) => {
    m.wait({ k: 'forever' })
    return null
  },
  'gc.collect': () => 0,
  'collections.deque': (m, { args }) => list(m, args[0] === undefined ? [] : m.language.spread(m, args[0])),
  'traceback.print_exc': () => null,
}

export const modules: Natives = { ...times, ...system, ...small, ...threads, ...logging }
/** Modules that the subset knows. */
export const MODULES = new Set(
  'os os.path sys time json random math signal socket threading logging datetime http http.server socketserver urllib urllib.request urllib.error urllib.parse platform uuid gc collections traceback functools itertools typing __future__'.split(
    ' ',
  ),
)
/** Modules of the real library that it does not. */
export const LIBRARY = new Set(
  'argparse array ast asyncio base64 bisect calendar cmath code codecs concurrent configparser contextlib copy csv ctypes curses dataclasses decimal difflib email enum errno fcntl fractions getpass glob gzip hashlib heapq hmac html imaplib importlib inspect io ipaddress linecache locale mimetypes mmap multiprocessing operator pathlib pdb pickle pprint queue re resource sched secrets select selectors shutil smtplib sqlite3 ssl stat statistics string struct subprocess tempfile textwrap timeit tkinter tomllib types unittest urllib3x warnings weakref xml zipfile zlib zoneinfo'.split(
    ' ',
  ),
)
