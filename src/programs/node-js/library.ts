/** Node's globals and small modules: console, process, Math, JSON, Date, Object, timers, fs, os, path. `Class#method` is a method of its objects. */

import { FileError } from '../../script/files.ts'
import { NotSimulated } from '../scripting/ast.ts'
import { pathIn } from '../scripting/files.ts'
import { Exit, type Machine } from '../scripting/machine.ts'
import { write } from '../scripting/output.ts'
import { isPad, isRef, isText, isUndefined, UNDEFINED, type Value } from '../scripting/values.ts'
import { isoTime } from '../text/times.ts'
import { entriesIn, inspect, logged, parseJson, stringify } from './inspect.ts'
import { arg, type Call, type Native, type Natives, number, text } from './natives.ts'
import { array, entriesOf, has, hidden, instance, isNothing, own, plain, plainObject, setOwn, toNumber, toText } from './operate.ts'

export const NODE = '22.20.0'
const LIST_LONG = 10_000

// ── console, process ──

const say =
  (stream: 'stdout' | 'stderr'): Native =>
  (m, c) => {
    write(m, stream, `${logged(m, c.args)}\n`, 0)
    return UNDEFINED
  }
const draw = (m: Machine): number => {
  m.changed = true
  return m.ctx.random('script', m.draws++)
}

const consoles: Natives = {
  'console.log': say('stdout'),
  'console.info': say('stdout'),
  'console.debug': say('stdout'),
  'console.error': say('stderr'),
  'console.warn': say('stderr'),
  'process.stdout.write': (m, c) => {
    write(m, 'stdout', text(m, c, 0), 0)
    return true
  },
  'process.stderr.write': (m, c) => {
    write(m, 'stderr', text(m, c, 0), 0)
    return true
  },
  'process.exit': (m, c) => {
    throw new Exit(number(m, c, 0, Number(own(m, processObject(m), 'exitCode') ?? 0)) & 255)
  },
  'process.on': (m, c) => {
    m.signals[text(m, c, 0).replace(/^SIG/, '')] = arg(c, 1)
    m.changed = true
    return { b: 'process' }
  },
  'process.cwd': (m) => m.ctx.cwd ?? '/',
  'process.uptime': (m) => (m.nowMs % 100_000_000) / 1000,
  'process.hrtime': (m) => array(m, [Math.floor(m.nowMs / 1000), (m.nowMs % 1000) * 1_000_000]),
  'process.memoryUsage': (m) =>
    plainObject(m, [
      ['rss', 40 * 1024 * 1024 + m.heap.bytes],
      ['heapTotal', 6 * 1024 * 1024 + m.heap.bytes],
      ['heapUsed', 4 * 1024 * 1024 + m.heap.bytes],
    ]),
  'process.nextTick': (m, c) => later(m, c.args[0]!, 0, c.args.slice(1), undefined),
  'process.kill': (m) => {
    throw new NotSimulated('process.kill()', m.line)
  },
}
/** Settings that a script makes on `process`, kept in its module's scope. */
const processObject = (m: Machine): Value => {
  const scope = m.heap.get({ r: m.globals[0]! })
  return scope.t === 'scope' ? (scope.v['.process'] ?? null) : null
}

// ── timers ──

const MOST_TIMERS = 10_000

function later(m: Machine, fn: Value, ms: number, args: readonly Value[], everyMs: number | undefined): Value {
  if (m.tasks.length >= MOST_TIMERS) throw new NotSimulated(`more than ${MOST_TIMERS} timers at once`, m.line)
  const id = m.next++
  m.tasks.push({
    id,
    dueMs: m.nowMs + ms,
    fn,
    args,
    ...(everyMs !== undefined && { everyMs: Math.max(1, everyMs) }),
  })
  m.changed = true
  return instance(m, 'Timeout', { '.id': id })
}
const cancel: Native = (m, c) => {
  const id = hidden(m, arg(c, 0), '.id')
  m.tasks = m.tasks.filter((t) => t.id !== id)
  m.changed = true
  return UNDEFINED
}
/** Calls a builtin later: answers of the network. */
export const schedule = (m: Machine, name: string, bound: Value, ms: number, args: readonly Value[] = []): void =>
  void later(m, { b: name, s: bound }, ms, args, undefined)

/** Nothing is due in less than a millisecond. */
const delay = (ms: number): number => (Number.isNaN(ms) ? 1 : Math.max(1, ms))

const timers: Natives = {
  setTimeout: (m, c) => later(m, arg(c, 0), delay(number(m, c, 1, 0)), c.args.slice(2), undefined),
  setInterval: (m, c) => later(m, arg(c, 0), delay(number(m, c, 1, 0)), c.args.slice(2), delay(number(m, c, 1, 1))),
  setImmediate: (m, c) => later(m, arg(c, 0), 0, c.args.slice(1), undefined),
  queueMicrotask: (m, c) => later(m, arg(c, 0), 0, [], undefined),
  clearTimeout: cancel,
  clearInterval: cancel,
  clearImmediate: cancel,
  'Timeout#unref': (_m, c) => c.self,
  'Timeout#ref': (_m, c) => c.self,
}

// ── values ──

const math =
  (act: (...n: number[]) => number): Native =>
  (m, c) =>
    act(...c.args.map((a) => toNumber(m, a)))
const numeric: Natives = {
  ...Object.fromEntries(
    (
      [
        'floor',
        'ceil',
        'round',
        'trunc',
        'abs',
        'sqrt',
        'pow',
        'log',
        'log2',
        'log10',
        'exp',
        'sin',
        'cos',
        'min',
        'max',
        'sign',
        'hypot',
      ] as const
    ).map((n) => [`Math.${n}`, math(Math[n])]),
  ),
  'Math.random': (m) => draw(m),
  parseInt: (m, c) => Number.parseInt(text(m, c, 0), number(m, c, 1, 10)),
  parseFloat: (m, c) => Number.parseFloat(text(m, c, 0)),
  isNaN: (m, c) => Number.isNaN(number(m, c, 0)),
  Number: (m, c) => number(m, c, 0, 0),
  'Number.isInteger': (_m, c) => Number.isInteger(arg(c, 0)),
  'Number.isFinite': (_m, c) => Number.isFinite(arg(c, 0)),
  'Number.isNaN': (_m, c) => Number.isNaN(arg(c, 0)),
  'Number.parseInt': (m, c) => Number.parseInt(text(m, c, 0), number(m, c, 1, 10)),
  'Number.parseFloat': (m, c) => Number.parseFloat(text(m, c, 0)),
  String: (m, c) => (c.args.length === 0 ? '' : isPad(arg(c, 0)) ? arg(c, 0) : text(m, c, 0)),
  Boolean: (m, c) => m.language.truthy(m, arg(c, 0)),
  encodeURIComponent: (m, c) => encodeURIComponent(text(m, c, 0)),
  decodeURIComponent: (m, c) => {
    try {
      return decodeURIComponent(text(m, c, 0))
    } catch {
      return m.fail('URIError', 'URI malformed')
    }
  },
  'String.fromCharCode': (m, c) => String.fromCharCode(...c.args.map((a) => toNumber(m, a))),
  RegExp: (m, c) =>
    instance(m, 'RegExp', {
      source: isRef(arg(c, 0)) ? hidden(m, arg(c, 0), 'source') : text(m, c, 0),
      flags: c.args[1] === undefined ? '' : text(m, c, 1),
    }),
}

const pairsOf = (m: Machine, c: Call): readonly (readonly [string, Value])[] => {
  const v = arg(c, 0)
  if (isNothing(v)) return m.fail('TypeError', 'Cannot convert undefined or null to object')
  return v !== null && typeof v === 'object' && 'b' in v && v.b === 'process.env' ? Object.entries(m.ctx.env) : entriesOf(m.heap.of(v))
}
const collections: Natives = {
  'Object.keys': (m, c) =>
    array(
      m,
      pairsOf(m, c).map(([k]) => k),
    ),
  'Object.values': (m, c) =>
    array(
      m,
      pairsOf(m, c).map(([, v]) => v),
    ),
  'Object.entries': (m, c) =>
    array(
      m,
      pairsOf(m, c).map(([k, v]) => array(m, [k, v])),
    ),
  'Object.fromEntries': (m, c) =>
    plainObject(
      m,
      m.language.spread(m, arg(c, 0)).map((p) => [toText(m, m.listed(p)[0]!), m.listed(p)[1]!] as const),
    ),
  'Object.assign': (m, c) => {
    for (const from of c.args.slice(1)) for (const [k, v] of entriesOf(m.heap.of(from))) setOwn(m, arg(c, 0), k, v)
    return arg(c, 0)
  },
  'Object.freeze': (_m, c) => arg(c, 0),
  'Object#hasOwnProperty': (m, c) => has(m, c.self, text(m, c, 0)),
  'Object#toString': (m, c) => toText(m, c.self),
  '.delete': (m, c) => {
    const thing = m.heap.edit(arg(c, 0) as { r: number })
    if (thing.t === 'dict') delete thing.e[`s${text(m, c, 1)}`]
    else if (thing.t === 'obj') delete thing.attrs[text(m, c, 1)]
    return true
  },
  Array: (m, c) => {
    const n = arg(c, 0)
    if (c.args.length !== 1 || typeof n !== 'number') return array(m, c.args)
    if (n > LIST_LONG) {
      m.heap.bytes += n * 8
      return m.heap.make({ t: 'list', v: [], lead: { v: UNDEFINED, n } })
    }
    return array(
      m,
      Array.from({ length: n }, () => UNDEFINED),
    )
  },
  'Array.isArray': (m, c) => m.is(arg(c, 0), 'list') !== undefined,
  'Array.of': (m, c) => array(m, c.args),
  'Array.from': (m, c) => {
    const length = own(m, arg(c, 0), 'length')
    if (typeof length === 'number' && length > 100_000) throw new NotSimulated('Array.from() of more than 100,000 items', m.line)
    const all =
      typeof length === 'number' && m.is(arg(c, 0), 'dict') !== undefined
        ? Array.from({ length }, () => UNDEFINED)
        : m.language.spread(m, arg(c, 0))
    return array(m, c.args[1] === undefined ? all : all.map((v, i) => m.call(c.args[1]!, [v, i])))
  },
  Object: (m, c) => (isRef(arg(c, 0)) ? arg(c, 0) : plainObject(m, [])),
  Map: (m, c) =>
    filled(
      m,
      instance(m, 'Map', { '.all': plainObject(m, []) }),
      isNothing(arg(c, 0)) ? [] : m.language.spread(m, arg(c, 0)).map((p) => [m.listed(p)[0]!, m.listed(p)[1]!] as const),
    ),
  Set: (m, c) =>
    filled(
      m,
      instance(m, 'Set', { '.all': plainObject(m, []) }),
      isNothing(arg(c, 0)) ? [] : m.language.spread(m, arg(c, 0)).map((v) => [v, v] as const),
    ),
  'Map#set': (m, c) => filled(m, c.self, [[arg(c, 0), arg(c, 1)]]),
  'Map#get': (m, c) => entriesIn(m, c.self)[keyOf(m, arg(c, 0))]?.[1] ?? UNDEFINED,
  'Map#has': (m, c) => Object.hasOwn(entriesIn(m, c.self), keyOf(m, arg(c, 0))),
  'Map#delete': (m, c) => removed(m, c),
  'Map#clear': (m, c) => cleared(m, c),
  'Map#keys': (m, c) =>
    array(
      m,
      Object.values(entriesIn(m, c.self)).map(([k]) => k),
    ),
  'Map#values': (m, c) =>
    array(
      m,
      Object.values(entriesIn(m, c.self)).map(([, v]) => v),
    ),
  'Map#entries': (m, c) =>
    array(
      m,
      Object.values(entriesIn(m, c.self)).map((p) => array(m, p)),
    ),
  'Map#forEach': (m, c) => {
    for (const [k, v] of Object.values(entriesIn(m, c.self))) m.call(arg(c, 0), [v, k, c.self])
    return UNDEFINED
  },
  'Set#add': (m, c) => filled(m, c.self, [[arg(c, 0), arg(c, 0)]]),
  'Set#has': (m, c) => Object.hasOwn(entriesIn(m, c.self), keyOf(m, arg(c, 0))),
  'Set#delete': (m, c) => removed(m, c),
  'Set#clear': (m, c) => cleared(m, c),
  'JSON.stringify': (m, c) =>
    stringify(m, arg(c, 0), typeof arg(c, 2) === 'number' ? ' '.repeat(arg(c, 2) as number) : isNothing(arg(c, 2)) ? '' : text(m, c, 2)) ??
    UNDEFINED,
  'JSON.parse': (m, c) => parseJson(m, text(m, c, 0)),
}
const keyOf = (m: Machine, v: Value): string => (isRef(v) ? `r${v.r}` : `${typeof v}${isText(v) ? plain(m, v) : toText(m, v)}`)
function filled(m: Machine, o: Value, pairs: readonly (readonly [Value, Value])[]): Value {
  const all = m.heap.edit(hidden(m, o, '.all') as { r: number }, pairs.length * 60)
  if (all.t === 'dict') for (const [k, v] of pairs) all.e[keyOf(m, k)] = [k, v]
  return o
}
function removed(m: Machine, c: Call): Value {
  const was = Object.hasOwn(entriesIn(m, c.self), keyOf(m, arg(c, 0)))
  const all = m.heap.edit(hidden(m, c.self, '.all') as { r: number })
  if (all.t === 'dict') delete all.e[keyOf(m, arg(c, 0))]
  return was
}
function cleared(m: Machine, c: Call): Value {
  const all = m.heap.edit(hidden(m, c.self, '.all') as { r: number })
  if (all.t === 'dict') all.e = {}
  return UNDEFINED
}

// ── time, bytes ──

const notHere = (m: Machine, what: string): never => {
  throw new NotSimulated(what, m.line)
}
const msOf = (m: Machine, c: Call): number => Number(hidden(m, c.self, '.ms'))
const various: Natives = {
  Date: (m, c) => {
    if (!c.isNew) return isoTime(m.nowMs)
    const given = arg(c, 0)
    const ms = isUndefined(given)
      ? m.nowMs
      : typeof given === 'number'
        ? given
        : isText(given)
          ? notHere(m, 'new Date(text)')
          : toNumber(m, given)
    return instance(m, 'Date', { '.ms': ms })
  },
  'Date.now': (m) => m.nowMs,
  'Date#getTime': (m, c) => msOf(m, c),
  'Date#toISOString': (m, c) => isoTime(msOf(m, c)),
  'Date#toJSON': (m, c) => isoTime(msOf(m, c)),
  'Date#toLocaleTimeString': (m, c) => isoTime(msOf(m, c)).slice(11, 19),
  'Date#getFullYear': (m, c) => Number(isoTime(msOf(m, c)).slice(0, 4)),
  'Date#getHours': (m, c) => Number(isoTime(msOf(m, c)).slice(11, 13)),
  'Date#getMinutes': (m, c) => Number(isoTime(msOf(m, c)).slice(14, 16)),
  'Date#getSeconds': (m, c) => Number(isoTime(msOf(m, c)).slice(17, 19)),
  'performance.now': (m) => m.nowMs,
  'Buffer.alloc': (m, c) => m.heap.make({ t: 'block', n: number(m, c, 0, 0) }),
  'Buffer.allocUnsafe': (m, c) => m.heap.make({ t: 'block', n: number(m, c, 0, 0) }),
  'Buffer.from': (m, c) =>
    instance(m, 'Buffer', { '.text': c.args[1] === 'base64' ? Buffer.from(text(m, c, 0), 'base64').toString('utf8') : text(m, c, 0) }),
  'Buffer.concat': (m, c) =>
    instance(m, 'Buffer', {
      '.text': m
        .listed(arg(c, 0))
        .map((v) => toText(m, v))
        .join(''),
    }),
  'Buffer.byteLength': (m, c) => Buffer.byteLength(text(m, c, 0)),
  'Buffer#toString': (m, c) => (c.args[0] === 'base64' ? Buffer.from(toText(m, c.self)).toString('base64') : hidden(m, c.self, '.text')),
  'crypto.randomUUID': (m) =>
    Array.from({ length: 36 }, (_, i) => ([8, 13, 18, 23].includes(i) ? '-' : Math.floor(draw(m) * 16).toString(16))).join(''),
  'util.inspect': (m, c) => inspect(m, arg(c, 0)),
  'os.hostname': (m) => m.ctx.hostname,
  'os.platform': () => 'linux',
  'os.freemem': () => 4 * 1024 ** 3,
  'os.totalmem': () => 8 * 1024 ** 3,
  'os.cpus': (m) =>
    array(
      m,
      Array.from({ length: Math.max(1, Math.ceil((m.ctx.limits.cpuMilli ?? 4000) / 1000)) }, () => plainObject(m, [])),
    ),
  'path.join': (m, c) => pathIn(m.ctx, c.args.map((a) => toText(m, a)).join('/')),
  'path.resolve': (m, c) =>
    c.args.map((a) => toText(m, a)).reduce((a, b) => (b.startsWith('/') ? b : pathIn(m.ctx, `${a}/${b}`)), m.ctx.cwd ?? '/'),
  'path.basename': (m, c) => text(m, c, 0).replace(/^.*\//, ''),
  'path.dirname': (m, c) => text(m, c, 0).replace(/\/[^/]*$/, '') || '/',
  'path.extname': (m, c) => /\.[^./]*$/.exec(text(m, c, 0))?.[0] ?? '',
}

// ── files ──

function onFile(m: Machine, syscall: string, name: string, act: (path: string) => Value): Value {
  try {
    return act(pathIn(m.ctx, name))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return m.fail('Error', `${error.code}: ${error.message.toLowerCase()}, ${syscall} '${name}'`)
  }
}
const files: Natives = {
  'fs.readFileSync': (m, c) =>
    onFile(m, 'open', text(m, c, 0), (p) =>
      c.args[1] === undefined ? instance(m, 'Buffer', { '.text': m.ctx.files.read(p) }) : m.ctx.files.read(p),
    ),
  'fs.writeFileSync': (m, c) =>
    onFile(m, 'open', text(m, c, 0), (p) => {
      m.ctx.files.write(p, text(m, c, 1))
      return UNDEFINED
    }),
  'fs.appendFileSync': (m, c) =>
    onFile(m, 'open', text(m, c, 0), (p) => {
      m.ctx.files.append(p, text(m, c, 1))
      return UNDEFINED
    }),
  'fs.existsSync': (m, c) => m.ctx.files.stat(pathIn(m.ctx, text(m, c, 0))) !== undefined,
  'fs.readdirSync': (m, c) => onFile(m, 'scandir', text(m, c, 0), (p) => array(m, m.ctx.files.list(p))),
  'fs.mkdirSync': (m, c) =>
    onFile(m, 'mkdir', text(m, c, 0), (p) => {
      if (m.ctx.files.stat(p) === undefined) m.ctx.files.mkdir(p)
      return UNDEFINED
    }),
  'fs.unlinkSync': (m, c) =>
    onFile(m, 'unlink', text(m, c, 0), (p) => {
      m.ctx.files.remove(p)
      return UNDEFINED
    }),
}

export const library: Natives = { ...consoles, ...timers, ...numeric, ...collections, ...various, ...files }
