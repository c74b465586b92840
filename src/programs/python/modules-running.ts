/** Modules about how a script runs: threading and logging. */
import type { Machine } from '../scripting/machine.ts'
import { write } from '../scripting/output.ts'
import { isBuiltin, type Value } from '../scripting/values.ts'
import { dashedTime } from '../text/times.ts'
import { type Call, field, given, type Natives, object, seconds, setField, tuple } from './natives.ts'
import { truthy } from './operate.ts'
import { plain, str } from './text.ts'

export const LEVELS: Readonly<Record<string, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, WARN: 30, ERROR: 40, CRITICAL: 50 }

// ── threads ──

export const threads: Natives = {
  'threading.Thread': (m, call) => {
    const of = (name: string, at: number): Value => given(call, at, name) ?? null
    return object(m, 'Thread', { '.fn': of('target', 1), '.args': of('args', 3), daemon: of('daemon', 5), name: of('name', 2), '.id': 0 })
  },
  'Thread.start': (m, { self }) => {
    const fn = field(m, self, '.fn')
    const args = field(m, self, '.args')
    const thread = m.start(fn, args === null ? [] : m.language.spread(m, args), { daemon: truthy(m, field(m, self, 'daemon')) })
    setField(m, self, '.id', thread.id)
    return null
  },
  'Thread.join': (m, call) => {
    const id = Number(field(m, call.self, '.id'))
    const timeout = seconds(m, given(call, 0, 'timeout'), Number.NaN)
    if (m.threads.some((t) => t.id === id)) m.wait(Number.isNaN(timeout) ? { k: 'thread', id } : { k: 'sleep', untilMs: m.nowMs + timeout })
    return null
  },
  // Of a class of one's own with `run`.
  'threading.Thread.start': (m, { self }) => {
    const thread = m.start(m.language.attr(m, self, 'run'), [], { daemon: m.is(self, 'obj')?.attrs['daemon'] === true })
    setField(m, self, '.id', thread.id)
    return null
  },
  'threading.Thread.join': (m, call) => threads['Thread.join']!(m, call),
  'Thread.is_alive': (m, { self }) => m.threads.some((t) => t.id === Number(field(m, self, '.id'))),
  'threading.Lock': (m) => object(m, 'Lock', {}),
  'threading.RLock': (m) => object(m, 'Lock', {}),
  // A thread keeps its turn until it waits, so that nobody else is in between.
  'Lock.acquire': () => true,
  'Lock.release': () => null,
  'Lock.__enter__': (_m, { self }) => self,
  'Lock.__exit__': () => null,
  'threading.Event': (m) => object(m, 'Event', { '.set': false }),
  'Event.set': (m, { self }) => {
    setField(m, self, '.set', true)
    return null
  },
  'Event.is_set': (m, { self }) => field(m, self, '.set'),
  'Event.wait': (m, call) => {
    const timeout = seconds(m, given(call, 0, 'timeout'), Number.NaN)
    if (field(m, call.self, '.set') === true) return true
    m.wait(Number.isNaN(timeout) ? { k: 'forever' } : { k: 'sleep', untilMs: m.nowMs + timeout })
    return false
  },
}

// ── logging ──

function logLine(m: Machine, logger: string, level: string, { args }: Call): Value {
  const threshold = Number(moduleField(m, 'logging.level') ?? 30)
  if (LEVELS[level]! < threshold) return null
  const format = moduleField(m, 'logging.format')
  const message =
    args.length > 1
      ? plain(m, m.language.binary(m, '%', str(m, args[0]!), args.length === 2 ? args[1]! : tuple(m, args.slice(1))))
      : str(m, args[0] ?? '')
  const parts: Readonly<Record<string, string>> = {
    message,
    levelname: level,
    name: logger,
    asctime: `${dashedTime(m.nowMs)},${String(m.nowMs % 1000).padStart(3, '0')}`,
    process: '1',
    threadName: 'MainThread',
  }
  const line = (typeof format === 'string' ? format : '%(levelname)s:%(name)s:%(message)s').replace(
    /%\((\w+)\)(-?\d*)[sd]/g,
    (_, key: string, width: string) => {
      const v = parts[key] ?? ''
      return width.startsWith('-') ? v.padEnd(Number(width.slice(1))) : v.padStart(Number(width || 0))
    },
  )
  write(m, moduleField(m, 'logging.stream') === 'stdout' ? 'stdout' : 'stderr', `${line}\n`, 0)
  return null
}

/** Settings of a module, kept in the main module's scope under a name that no script can write. */
function moduleField(m: Machine, name: string): Value | undefined {
  const scope = m.heap.get({ r: m.globals[0]! })
  return scope.t === 'scope' ? scope.v[`.${name}`] : undefined
}
function setModuleField(m: Machine, name: string, v: Value): void {
  const scope = m.heap.edit({ r: m.globals[0]! }, 16)
  if (scope.t === 'scope') scope.v[`.${name}`] = v
}

const LOGGED: readonly (readonly [string, string])[] = [
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['warning', 'WARNING'],
  ['error', 'ERROR'],
  ['exception', 'ERROR'],
  ['critical', 'CRITICAL'],
]
export const logging: Natives = {
  'logging.basicConfig': (m, { names }) => {
    const level = names.get('level')
    if (level !== undefined) setModuleField(m, 'logging.level', typeof level === 'string' ? (LEVELS[level] ?? 30) : level)
    if (names.get('format') !== undefined) setModuleField(m, 'logging.format', names.get('format')!)
    const stream = names.get('stream')
    if (stream !== undefined && stream !== null && isBuiltin(stream)) setModuleField(m, 'logging.stream', stream.b)
    return null
  },
  'logging.getLogger': (m, { args }) => object(m, 'Logger', { name: args[0] ?? 'root' }),
  'Logger.setLevel': (m, { args }) => {
    setModuleField(m, 'logging.level', typeof args[0] === 'string' ? (LEVELS[args[0]] ?? 30) : args[0]!)
    return null
  },
  ...Object.fromEntries(
    LOGGED.flatMap(([name, level]) => [
      [`logging.${name}`, (m: Machine, call: Call) => logLine(m, 'root', level, call)],
      [`Logger.${name}`, (m: Machine, call: Call) => logLine(m, str(m, field(m, call.self, 'name')), level, call)],
    ]),
  ),
}
