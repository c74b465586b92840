/** JavaScript for the machine: names, members, classes, calls. What the operators do is in operate.ts. */
import { NotSimulated } from '../scripting/ast.ts'
import { classAbove } from '../scripting/classes.ts'
import type { Code } from '../scripting/compile.ts'
import { pathIn } from '../scripting/files.ts'
import { keptCompiler } from '../scripting/kept.ts'
import type { Language } from '../scripting/language.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import type { Frame } from '../scripting/state.ts'
import { isBuiltin, isRef, isText, isUndefined, type Thing, UNDEFINED, type Value } from '../scripting/values.ts'
import { readText } from '../text/files.ts'
import { ERRORS, makeError, stacked } from './errors.ts'
import { entriesIn, parseJson } from './inspect.ts'
import { library, NODE } from './library.ts'
import { lengthOf, methodOf } from './methods.ts'
import type { Native } from './natives.ts'
import {
  array,
  binary,
  className,
  compare,
  entriesOf,
  familyOf,
  hidden,
  own,
  plain,
  plainObject,
  setOwn,
  strictEqual,
  toText,
  truthy,
  typeOf,
  unary,
} from './operate.ts'
import { parseJavaScript } from './parse.ts'
import { awaited, makePromise, promises, settle } from './promises.ts'
import { web } from './web.ts'

const NATIVES: Readonly<Record<string, Native>> = { ...library, ...promises, ...web }
const known = (name: string): Native | undefined => (Object.hasOwn(NATIVES, name) ? NATIVES[name] : undefined)

/** Modules that come with Node and are here; others of Node's own. */
const MODULES = new Set(['http', 'https', 'os', 'fs', 'path', 'process', 'crypto', 'util', 'timers'])
const NOT_HERE = new Set(
  'assert buffer child_process cluster dgram dns events http2 net perf_hooks readline stream string_decoder tls url vm worker_threads zlib'.split(
    ' ',
  ),
)
const GLOBALS = new Set([
  'console',
  'process',
  'Math',
  'JSON',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Promise',
  'Map',
  'Set',
  'Date',
  'Buffer',
  'RegExp',
  'performance',
  'AbortSignal',
  'globalThis',
  'crypto',
  '.delete',
])
const UNKNOWN_HERE = new Set(
  'eval Proxy Reflect Symbol WeakMap WeakSet Uint8Array Float64Array ArrayBuffer BigInt URL URLSearchParams AbortController structuredClone EventEmitter Intl WebSocket TextEncoder TextDecoder Atomics SharedArrayBuffer'.split(
    ' ',
  ),
)

function noMember(m: Machine, o: Value, name: string, how = 'reading'): never {
  return m.fail(
    'TypeError',
    `Cannot ${how === 'reading' ? 'read' : how} properties of ${o === null ? 'null' : 'undefined'} (${how} '${name}')`,
  )
}

function ofClass(m: Machine, cls: Value, name: string): Value | undefined {
  let at: Value | undefined = cls
  while (isRef(at)) {
    const c: (Thing & { t: 'class' }) | undefined = m.is(at, 'class')
    if (c === undefined) return undefined
    if (Object.hasOwn(c.attrs, name)) return c.attrs[name]
    at = c.base
  }
  if (at === undefined || at === null || !isBuiltin(at)) return undefined
  return known(`${at.b}#${name}`) === undefined ? undefined : { b: `${at.b}#${name}` }
}

/** A function as a method of what it was taken from; arrows keep what they have. */
function boundTo(m: Machine, fn: Value, o: Value): Value {
  const thing = m.is(fn, 'fn')
  if (thing === undefined) return isBuiltin(fn) && fn.s === undefined ? { b: fn.b, s: o } : fn
  return m.codeOf(thing.c[0])[thing.c[1]]!.arrow || thing.self !== undefined ? fn : m.method(fn, o)
}

function attr(m: Machine, o: Value, name: string): Value {
  if (o === null || isUndefined(o)) return noMember(m, o, name)
  if (isBuiltin(o)) return ofBuiltin(m, o, name)
  const thing = m.heap.of(o)
  if (name === 'length') {
    const n = lengthOf(o, thing)
    if (n !== undefined) return n
  }
  const kind = isText(o) ? 'String' : typeof o === 'number' ? 'Number' : thing?.t === 'list' ? 'Array' : undefined
  if (kind !== undefined) return methodOf(kind, name) !== undefined ? { b: `${kind}#${name}`, s: o } : (own(m, o, name) ?? UNDEFINED)
  const mine = own(m, o, name)
  if (mine !== undefined) return boundTo(m, mine, o)
  if (thing?.t === 'obj') {
    if (name === 'constructor') return thing.cls
    if (name === 'name' && familyOf(m, thing.cls) === 'Error') return className(m, thing.cls)
    if (name === 'size' && hidden(m, o, '.all') !== UNDEFINED) return Object.keys(entriesIn(m, o)).length
    if (isBuiltin(thing.cls) && methodOf(thing.cls.b, name) !== undefined) return { b: `${thing.cls.b}#${name}`, s: o }
    const found = ofClass(m, thing.cls, name)
    if (found !== undefined) return boundTo(m, found, o)
  }
  if (thing?.t === 'class') {
    if (name === 'name') return thing.name
    return ofClass(m, o, name) ?? UNDEFINED
  }
  if (thing?.t === 'fn') {
    if (name === 'name') return m.codeOf(thing.c[0])[thing.c[1]]!.name
    if (methodOf('Function', name) !== undefined) return { b: `Function#${name}`, s: o }
  }
  return known(`Object#${name}`) === undefined ? UNDEFINED : { b: `Object#${name}`, s: o }
}

function ofBuiltin(m: Machine, o: { readonly b: string; readonly s?: Value }, name: string): Value {
  const base = o.b === 'https' ? 'http' : o.b
  if (base === 'process') {
    const value = ofProcess(m, name)
    if (value !== undefined) return value
  }
  if (base === 'process.env') return m.ctx.env[name] ?? UNDEFINED
  if (base === 'globalThis') return GLOBALS.has(name) || known(name) !== undefined ? { b: name } : UNDEFINED
  if (base === 'Math' && (name === 'PI' || name === 'E')) return Math[name]
  if (base === 'Number' && name === 'MAX_SAFE_INTEGER') return Number.MAX_SAFE_INTEGER
  if (base === 'fs' && name === 'promises') throw new NotSimulated('fs.promises (readFileSync and its like are)', m.line)
  if (known(`${base}.${name}`) !== undefined) return { b: `${base}.${name}` }
  if (methodOf('Function', name) !== undefined && o.s !== undefined) return { b: `Function#${name}`, s: o }
  if (name === 'name') return o.b
  if (MODULES.has(base) || base === 'console' || base === 'Math') throw new NotSimulated(`${base}.${name}`, m.line)
  return UNDEFINED
}

function ofProcess(m: Machine, name: string): Value | undefined {
  switch (name) {
    case 'env':
    case 'stdout':
    case 'stderr':
      return { b: `process.${name}` }
    case 'argv':
      return array(m, [
        '/usr/local/bin/node',
        pathIn(m.ctx, m.modules[0]!.path),
        ...m.ctx.argv.slice(Math.max(2, m.ctx.argv.indexOf(m.modules[0]!.path) + 1)),
      ])
    case 'pid':
      return 1
    case 'version':
      return `v${NODE}`
    case 'versions':
      return plainObject(m, [['node', NODE]])
    case 'platform':
      return 'linux'
    case 'exitCode':
      return UNDEFINED
    default:
      return undefined
  }
}

function bind(m: Machine, code: Code, fn: Thing & { t: 'fn' }, args: readonly Value[]): Record<string, Value> {
  const out: Record<string, Value> = {}
  if (!code.arrow) {
    out['this'] = fn.self ?? UNDEFINED
    out['arguments'] = UNDEFINED
  }
  for (const [i, p] of code.parameters.entries()) out[p.name] = p.rest === 'list' ? array(m, args.slice(i)) : (args[i] ?? UNDEFINED)
  return out
}

/** The fields of a class and its bases, set on a new object before its constructor. */
function setFields(m: Machine, cls: Value, o: Value): void {
  const c = m.is(cls, 'class')
  if (c === undefined) return
  setFields(m, c.base, o)
  const fields = c.attrs['.fields']
  if (fields !== undefined) m.call(m.method(fields, o), [])
}

function construct(m: Machine, cls: Value, args: readonly Value[]): Value | undefined {
  const family = familyOf(m, cls)
  const made = m.heap.make({ t: 'obj', cls, attrs: {} })
  setFields(m, cls, made)
  const init = ofClass(m, cls, 'constructor')
  if (family === 'Error') {
    if (init === undefined && args[0] !== undefined) setOwn(m, made, 'message', toText(m, args[0]))
    stacked(m, made)
  }
  return init === undefined ? made : m.push(m.method(init, made), args, new Map(), made)
}

function callBuiltin(m: Machine, fn: { readonly b: string; readonly s?: Value }, args: readonly Value[], isNew: boolean): Value {
  const self = fn.s ?? UNDEFINED
  if (fn.b === '.super') {
    const [o, base] = m.listed(self)
    if (familyOf(m, base!) === 'Error' && isBuiltin(base!)) {
      if (args[0] !== undefined) setOwn(m, o!, 'message', toText(m, args[0]))
      stacked(m, o!)
      return UNDEFINED
    }
    const init = ofClass(m, base!, 'constructor')
    if (init !== undefined) m.call(m.method(init, o!), args)
    return UNDEFINED
  }
  if (ERRORS.has(fn.b)) {
    const cause = own(m, args[1] ?? null, 'cause')
    return makeError(m, fn.b, args[0] === undefined ? '' : toText(m, args[0]), cause === undefined ? {} : { cause })
  }
  if (fn.b === 'require') return importModule(m, toText(m, args[0] ?? UNDEFINED)).module
  const native = known(fn.b)
  if (native !== undefined) return native(m, { self, args, isNew })
  const [kind = '', name = ''] = fn.b.split('#')
  const method = methodOf(kind, name)
  if (method !== undefined) return method(m, { self, args, isNew })
  return m.fail('TypeError', `${fn.b} is not a function`)
}

function importModule(m: Machine, given: string): { module: Value; frame?: Frame } {
  const name = given.replace(/^node:/, '')
  if (MODULES.has(name)) return { module: { b: name } }
  if (NOT_HERE.has(name) || name.startsWith('fs/')) throw new NotSimulated(`the module ${given}`, m.line)
  const from = m.modules[m.current?.frames.at(-1)?.module ?? 0]!.path
  const base = pathIn(m.ctx, `${from.includes('/') ? from.slice(0, from.lastIndexOf('/')) || '/' : '.'}/${name}`)
  const relative = /^\.{0,2}\//.test(name)
  const path = relative ? [base, `${base}.js`, `${base}.json`].find((p) => readText(m.ctx.files, p) !== undefined) : undefined
  if (path === undefined)
    throw new Thrown(
      makeError(m, 'Error', `Cannot find module '${given}'\nRequire stack:\n- ${pathIn(m.ctx, m.modules[0]!.path)}`, {
        code: 'MODULE_NOT_FOUND',
      }),
    )
  const text = readText(m.ctx.files, path)!
  if (path.endsWith('.json')) return { module: parseJson(m, text) }
  const loaded = m.modules.findIndex((x) => x.path === path)
  if (loaded >= 0) return { module: exportsOf(m, loaded) }
  language.compile(text, path)
  const at = m.addModule(path, text)
  prepare(m, at)
  const frame = m.frameOf(at)
  m.runFrame(frame)
  return { module: exportsOf(m, at) }
}
const scopeOf = (m: Machine, at: number): Thing & { t: 'scope' } => m.heap.edit({ r: m.globals[at]! }, 16) as Thing & { t: 'scope' }
/** `module` and `exports` of a module that begins. */
export function prepare(m: Machine, at: number): void {
  const exported = plainObject(m, [])
  const scope = scopeOf(m, at)
  scope.v['exports'] = exported
  scope.v['module'] = plainObject(m, [['exports', exported]])
}
const exportsOf = (m: Machine, at: number): Value => own(m, scopeOf(m, at).v['module']!, 'exports') ?? UNDEFINED

const callable = (m: Machine, frame: Frame | undefined): string => {
  const ops = frame === undefined ? [] : m.codeOf(frame.module)[frame.code]!.ops
  const at = ops.slice(0, (frame?.pc ?? 1) - 1).findLast((op) => op.o === 'ATTR' || op.o === 'LOAD')
  return at === undefined ? 'value' : String(at.a)
}

export const language: Language = {
  name: 'JavaScript',
  compile: keptCompiler(parseJavaScript, { blocks: true }),
  binary,
  compare,
  unary,
  truthy,
  attr,
  setAttr(m, o, name, v) {
    if (o === null || isUndefined(o)) noMember(m, o, name, 'setting')
    if (!isBuiltin(o)) setOwn(m, o, name, v)
  },
  deleteAttr: () => {},
  index(m, o, i) {
    if (isText(o) && typeof i === 'number') return plain(m, o)[i] ?? UNDEFINED
    if (typeof i === 'number' && m.is(o, 'list') !== undefined) return own(m, o, String(i)) ?? UNDEFINED
    return attr(m, o, toText(m, i))
  },
  setIndex(m, o, i, v) {
    if (o === null || isUndefined(o)) noMember(m, o, toText(m, i), 'setting')
    setOwn(m, o, toText(m, i), v)
  },
  deleteIndex: () => {},
  slice: () => UNDEFINED,
  add(m, collection, v) {
    const thing = m.heap.edit(collection as { r: number }, 16)
    if (thing.t === 'list') thing.v.push(v)
  },
  extend(m, collection, v) {
    const thing = m.heap.edit(collection as { r: number }, 16)
    if (thing.t === 'list') thing.v.push(...language.spread(m, v))
    else if (thing.t === 'dict') for (const [k, x] of language.entries(m, v)) thing.e[`s${String(k)}`] = [k, x]
  },
  without: (m, o, keys) =>
    plainObject(
      m,
      entriesOf(m.heap.of(o)).filter(([k]) => !keys.some((x) => toText(m, x) === k)),
    ),
  iterate(m, v, keys) {
    if (keys) return m.heap.make({ t: 'iter', i: 0, values: language.entries(m, v).map(([k]) => k) })
    if (m.is(v, 'list') !== undefined) return m.heap.make({ t: 'iter', list: v, i: 0 })
    return m.heap.make({ t: 'iter', i: 0, values: [...language.spread(m, v)] })
  },
  spread(m, v) {
    if (m.is(v, 'list') !== undefined) return m.listed(v)
    if (isText(v)) return [...plain(m, v)]
    if (hidden(m, v, '.all') !== UNDEFINED) {
      const pairs = Object.values(entriesIn(m, v))
      return familyOf(m, m.is(v, 'obj')!.cls) === 'Map' ? pairs.map((p) => array(m, p)) : pairs.map(([k]) => k)
    }
    return m.fail('TypeError', `${typeOf(m, v) === 'object' ? 'object' : toText(m, v)} is not iterable`)
  },
  entries: (m, v) => (isBuiltin(v) && v.b === 'process.env' ? Object.entries(m.ctx.env) : entriesOf(m.heap.of(v))),
  format: (m, v) => (typeof v === 'object' && v !== null && 'p' in v ? v : toText(m, v)),
  global(m, name) {
    if (GLOBALS.has(name) || (known(name) !== undefined && !name.includes('.')) || ERRORS.has(name) || name === 'require')
      return { b: name }
    if (name === 'Infinity') return Number.POSITIVE_INFINITY
    if (name === 'NaN') return Number.NaN
    if (name === '__dirname') return pathIn(m.ctx, `${m.modules[0]!.path}/..`)
    if (name === '__filename') return pathIn(m.ctx, m.modules[0]!.path)
    if (name === 'this') return UNDEFINED
    if (UNKNOWN_HERE.has(name)) throw new NotSimulated(name, m.line)
    return m.fail('ReferenceError', `${name} is not defined`)
  },
  undeclared: () => {},
  bind,
  construct: (m, cls, args) => construct(m, cls, args),
  callObject(m, o) {
    void o
    return m.fail('TypeError', `${callable(m, m.current?.frames.at(-1))} is not a function`)
  },
  callBuiltin: (m, fn, args, _names, isNew) => callBuiltin(m, fn, args, isNew),
  superOf(m, frame, method) {
    const self = m.lookUp(frame, 'this')
    const base = classAbove(m, self, frame)
    if (base !== undefined && method === '') return { b: '.super', s: array(m, [self, base]) }
    if (base !== undefined) {
      const found = ofClass(m, base, method)
      return found === undefined ? UNDEFINED : m.method(found, self)
    }
    throw new NotSimulated('super outside a method', m.line)
  },
  importModule,
  importName: (m, module, name) => (name === 'default' ? module : attr(m, module, name)),
  error: makeError,
  raised: (_m, v) => v,
  matches: (m, a, b) => strictEqual(m, a, b),
  tooDeep: (m) => m.fail('RangeError', 'Maximum call stack size exceeded'),
  promise: makePromise,
  awaited,
  ended(m, thread, value, error) {
    if (thread.promise !== undefined) settle(m, thread.promise, error === undefined ? 'ok' : 'bad', error ?? value)
    else if (error !== undefined) throw new Thrown(error)
  },
}
