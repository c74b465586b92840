/** Python for the machine: names, attributes, classes, calls. What the operators do is in operate.ts. */
import { NotSimulated } from '../scripting/ast.ts'
import { classAbove } from '../scripting/classes.ts'
import type { Code } from '../scripting/compile.ts'
import { pathIn } from '../scripting/files.ts'
import { keptCompiler } from '../scripting/kept.ts'
import type { Language } from '../scripting/language.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import type { Frame } from '../scripting/state.ts'
import { isBuiltin, isFloat, isRef, isText, isUndefined, type Thing, UNDEFINED, type Value } from '../scripting/values.ts'
import { readText } from '../text/files.ts'
import { builtins, isName, NOT_HERE } from './builtins.ts'
import { ALIASES, EXCEPTIONS, makeError, matchesError, noted, traceback } from './errors.ts'
import { fileLines, fileMethods } from './file-objects.ts'
import { MISSING, methodOf } from './methods.ts'
import { constantOf, LIBRARY, MODULES, modules } from './modules.ts'
import { type Native, setField } from './natives.ts'
import { binary, compare, deleteIndex, index, keyOf, setIndex, slice, truthy, unary } from './operate.ts'
import { parsePython } from './parse.ts'
import { className, formatted, isError, plain, repr, TYPES, typeName } from './text.ts'
import { BASES, family, isServer, makeServer, web } from './web.ts'

const NATIVES: Readonly<Record<string, Native>> = { ...builtins, ...modules, ...web, ...fileMethods }
const known = (name: string): Native | undefined => (Object.hasOwn(NATIVES, name) ? NATIVES[name] : undefined)

const kindOf = (m: Machine, v: Value): string =>
  isText(v) ? 'str' : typeof v === 'boolean' ? 'bool' : typeof v === 'number' ? 'int' : isFloat(v) ? 'float' : typeName(m, v)

function noAttribute(m: Machine, o: Value, name: string): never {
  const kind =
    isBuiltin(o) && o.b.startsWith('mod:')
      ? `module '${o.b.slice(4)}'`
      : m.is(o, 'class')
        ? `type object '${m.is(o, 'class')!.name}'`
        : `'${typeName(m, o)}' object`
  return m.fail('AttributeError', `${kind} has no attribute '${name}'`)
}

/** What a class gives its objects under a name, down its bases. */
function ofClass(m: Machine, cls: Value, name: string): Value | undefined {
  let at: Value | undefined = cls
  while (isRef(at)) {
    const c: (Thing & { t: 'class' }) | undefined = m.is(at, 'class')
    if (c === undefined) return undefined
    if (Object.hasOwn(c.attrs, name)) return c.attrs[name]
    at = c.base
  }
  if (at === undefined || at === null || !isBuiltin(at)) return undefined
  const native = `${family(at.b)}.${name}`
  return known(native) === undefined ? undefined : { b: native }
}

/** A method of the class above, for the object itself. */
function ofSuper(m: Machine, o: Value, attrs: Readonly<Record<string, Value>>, name: string): Value {
  const self = attrs['.self']!
  const found = ofClass(m, attrs['.base'] ?? null, name)
  if (found !== undefined) return m.method(found, self)
  return name === '__init__' ? { b: 'super.__init__', s: self } : noAttribute(m, o, name)
}

function attr(m: Machine, o: Value, name: string): Value {
  const thing = m.heap.of(o)
  if (thing?.t === 'obj') {
    if (Object.hasOwn(thing.attrs, name)) return thing.attrs[name]!
    if (name === '__class__') return thing.cls
    if (isBuiltin(thing.cls) && thing.cls.b === 'super') return ofSuper(m, o, thing.attrs, name)
    const found = ofClass(m, thing.cls, name)
    if (found !== undefined) return isBuiltin(found) || m.is(found, 'fn') !== undefined ? m.method(found, o) : found
    if (name === '__dict__')
      return m.heap.make({ t: 'dict', e: Object.fromEntries(Object.entries(thing.attrs).map(([k, v]) => [`s${k}`, [k, v]])) })
    return noAttribute(m, o, name)
  }
  if (thing?.t === 'class') {
    if (name === '__name__') return thing.name
    return ofClass(m, o, name) ?? noAttribute(m, o, name)
  }
  if (thing?.t === 'fn') {
    if (name === '__name__') return m.codeOf(thing.c[0])[thing.c[1]]!.name
    return Object.hasOwn(thing.attrs, name) ? thing.attrs[name]! : noAttribute(m, o, name)
  }
  if (isBuiltin(o)) return ofBuiltin(m, o, name)
  const kind = kindOf(m, o)
  if (methodOf(kind, name) !== undefined) return { b: `${kind}.${name}`, s: o }
  if (MISSING.has(`${kind}.${name}`)) throw new NotSimulated(`${kind}.${name}()`, m.line)
  return noAttribute(m, o, name)
}

function ofBuiltin(m: Machine, o: { readonly b: string }, name: string): Value {
  const full = `${o.b.replace(/^mod:/, '')}.${name}`
  const constant = constantOf(m, full)
  if (constant !== undefined) return constant
  if (known(full) !== undefined) return { b: full }
  if (BASES.has(name) && (o.b === 'mod:http.server' || o.b === 'mod:socketserver')) return { b: name }
  if (name === '__name__') return o.b.replace(/^(mod|exc):/, '')
  if (TYPES.has(o.b) && methodOf(o.b, name) !== undefined) return { b: `unbound:${o.b}.${name}` }
  if (o.b.startsWith('mod:')) throw new NotSimulated(`${full}`, m.line)
  return noAttribute(m, o, name)
}

/** Arguments to the names of the parameters. */
function bind(
  m: Machine,
  code: Code,
  fn: Thing & { t: 'fn' },
  given: readonly Value[],
  names: ReadonlyMap<string, Value>,
): Record<string, Value> {
  const args = fn.self === undefined || code.arrow ? given : [fn.self, ...given]
  const out: Record<string, Value> = {}
  const left = new Map(names)
  const missing: string[] = []
  let [at, preset] = [0, 0]
  for (const p of code.parameters) {
    if (p.rest === 'list') {
      out[p.name] = m.heap.make({ t: 'tuple', v: args.slice(at) })
      at = Math.max(at, args.length)
    } else if (p.rest === 'names') {
      out[p.name] = m.heap.make({ t: 'dict', e: Object.fromEntries([...left].map(([k, v]) => [`s${k}`, [k, v]])) })
      left.clear()
    } else {
      const otherwise = p.preset ? fn.presets[preset++] : undefined
      if (!p.named && at < args.length) {
        if (left.has(p.name)) m.fail('TypeError', `${code.name}() got multiple values for argument '${p.name}'`)
        out[p.name] = args[at++]!
      } else if (left.has(p.name)) out[p.name] = left.get(p.name)!
      else if (otherwise !== undefined) out[p.name] = otherwise
      else missing.push(`'${p.name}'`)
      left.delete(p.name)
    }
  }
  if (missing.length > 0)
    m.fail(
      'TypeError',
      `${code.name}() missing ${missing.length} required positional argument${missing.length > 1 ? 's' : ''}: ${missing.join(' and ')}`,
    )
  if (at < args.length) {
    const takes = code.parameters.filter((p) => !p.rest && !p.named).length
    m.fail(
      'TypeError',
      `${code.name}() takes ${takes} positional argument${takes === 1 ? '' : 's'} but ${args.length} ${args.length === 1 ? 'was' : 'were'} given`,
    )
  }
  for (const name of left.keys()) m.fail('TypeError', `${code.name}() got an unexpected keyword argument '${name}'`)
  return out
}

function construct(m: Machine, cls: Value, args: readonly Value[], names: ReadonlyMap<string, Value>): Value | undefined {
  const init = ofClass(m, cls, '__init__')
  const base = baseOf(m, cls)
  if (base !== undefined && isServer(base) && init === undefined) return makeServer(m, base, cls, { self: null, args, names })
  const made = m.heap.make({ t: 'obj', cls, attrs: base?.startsWith('exc:') ? { args: m.heap.make({ t: 'tuple', v: [...args] }) } : {} })
  if (init === undefined) {
    if (args.length > 0 && !base?.startsWith('exc:')) m.fail('TypeError', `${className(m, cls)}() takes no arguments`)
    return made
  }
  return m.push(m.method(init, made), args, names, made)
}
function baseOf(m: Machine, cls: Value): string | undefined {
  let at: Value | undefined = cls
  while (isRef(at)) at = m.is(at, 'class')?.base
  return at !== undefined && at !== null && isBuiltin(at) ? at.b : undefined
}

function callBuiltin(
  m: Machine,
  fn: { readonly b: string; readonly s?: Value },
  args: readonly Value[],
  names: ReadonlyMap<string, Value>,
): Value {
  const self = fn.s ?? null
  const native = known(fn.b)
  if (native !== undefined) return native(m, { self, args, names })
  if (fn.b.startsWith('exc:')) return makeError(m, fn.b.slice(4), args)
  if (fn.b.startsWith('unbound:')) return callBuiltin(m, { b: fn.b.slice(8), s: args[0] ?? null }, args.slice(1), names)
  if (isServer(fn.b)) return makeServer(m, fn.b, fn, { self, args, names })
  if (fn.b === 'super.__init__') {
    if (isError(m, self)) setField(m, self, 'args', m.heap.make({ t: 'tuple', v: [...args] }))
    return null
  }
  const [kind = '', name = ''] = fn.b.split('.')
  const method = methodOf(kind, name)
  if (method !== undefined) return method(m, { self, args, names })
  if (BASES.has(fn.b)) throw new NotSimulated(`${fn.b}()`, m.line)
  return m.fail('TypeError', `'${fn.b.startsWith('mod:') ? 'module' : fn.b}' object is not callable`)
}

function importModule(m: Machine, name: string): { module: Value; frame?: Frame } {
  if (MODULES.has(name)) return { module: { b: `mod:${name}` } }
  const top = name.split('.')[0]!
  if (LIBRARY.has(top) || MODULES.has(top)) throw new NotSimulated(`the module ${name}`, m.line)
  const main = m.modules[0]!.path
  const path = pathIn(m.ctx, `${main.includes('/') ? main.slice(0, main.lastIndexOf('/')) || '/' : '.'}/${name.replaceAll('.', '/')}.py`)
  const loaded = m.modules.findIndex((x) => x.path === path)
  if (loaded >= 0) return { module: moduleObject(m, loaded) }
  const text = readText(m.ctx.files, path)
  if (text === undefined) return m.fail('ModuleNotFoundError', `No module named '${name}'`)
  const at = m.addModule(path, text)
  language.compile(text, path)
  return { module: moduleObject(m, at), frame: m.frameOf(at) }
}
/** A module of the script's own is the scope it fills. */
const moduleObject = (m: Machine, at: number): Value =>
  m.heap.make({ t: 'obj', cls: { b: 'module' }, attrs: { '.scope': { r: m.globals[at]! } } })

function moduleAttr(m: Machine, o: Value, name: string): Value | undefined {
  const thing = m.is(o, 'obj')
  const scope = thing !== undefined && isBuiltin(thing.cls) && thing.cls.b === 'module' ? m.is(thing.attrs['.scope'], 'scope') : undefined
  return scope !== undefined && Object.hasOwn(scope.v, name) ? scope.v[name] : undefined
}

export const language: Language = {
  name: 'Python',
  compile: keptCompiler(parsePython, { blocks: false }),
  binary,
  compare,
  unary,
  truthy,
  attr: (m, o, name) => moduleAttr(m, o, name) ?? attr(m, o, name),
  setAttr(m, o, name, v) {
    const thing = m.heap.of(o)
    if (thing?.t !== 'obj' && thing?.t !== 'class' && thing?.t !== 'fn') noAttribute(m, o, name)
    else (m.heap.edit(o as { r: number }, 16) as typeof thing).attrs[name] = v
  },
  deleteAttr(m, o, name) {
    attr(m, o, name)
    const thing = m.heap.edit(o as { r: number })
    if (thing.t === 'obj' || thing.t === 'class') delete thing.attrs[name]
  },
  index,
  setIndex,
  deleteIndex,
  slice,
  add(m, collection, v) {
    const thing = m.heap.edit(collection as { r: number }, 16)
    if (thing.t === 'list' || thing.t === 'tuple') thing.v.push(v)
    else if (thing.t === 'set') thing.e[keyOf(m, v)] = [v, v]
  },
  extend(m, collection, v) {
    const thing = m.heap.edit(collection as { r: number }, 16)
    if (thing.t === 'dict') for (const [k, x] of language.entries(m, v)) thing.e[keyOf(m, k)] = [k, x]
    else for (const x of language.spread(m, v)) language.add(m, collection, x)
  },
  without: () => null,
  iterate(m, v) {
    const thing = m.heap.of(v)
    if (thing?.t === 'list' || thing?.t === 'tuple') return m.heap.make({ t: 'iter', list: v, i: 0 })
    // A range may be walked again and again.
    if (thing?.t === 'iter') return thing.step === undefined ? v : m.heap.make({ ...thing })
    return m.heap.make({ t: 'iter', values: [...language.spread(m, v)], i: 0 })
  },
  spread(m, v) {
    if (isText(v)) return [...plain(m, v)]
    const thing = m.heap.of(v)
    if (thing?.t === 'list' || thing?.t === 'tuple') return m.listed(v)
    if (thing?.t === 'dict' || thing?.t === 'set') return Object.values(thing.e).map(([k]) => k)
    if (thing?.t === 'iter') {
      if (thing.step !== undefined && (thing.end! - thing.i) / thing.step > 1_000_000)
        throw new NotSimulated('laying out a range of more than a million numbers', m.line)
      const out: Value[] = []
      const walk = thing.step === undefined ? v : m.heap.make({ ...thing })
      for (let x = m.step(walk); x !== undefined; x = m.step(walk)) out.push(x)
      return out
    }
    if (thing?.t === 'obj' && isBuiltin(thing.cls) && thing.cls.b === 'file') return fileLines(m, v)
    if (thing?.t === 'obj' && ofClass(m, thing.cls, '__iter__') !== undefined) throw new NotSimulated('iterators of one’s own', m.line)
    if (thing?.t === 'block') throw new NotSimulated('walking over bytes', m.line)
    if (isBuiltin(v) && v.b === 'os.environ') return Object.keys(m.ctx.env)
    return m.fail('TypeError', `'${typeName(m, v)}' object is not iterable`)
  },
  entries(m, v) {
    const thing = m.is(v, 'dict')
    if (thing !== undefined) return Object.values(thing.e)
    if (isBuiltin(v) && v.b === 'os.environ') return Object.entries(m.ctx.env)
    return m.fail('TypeError', `'${typeName(m, v)}' object is not a mapping`)
  },
  format: (m, v, spec, asRepr) => (asRepr ? formatted(m, repr(m, v), plain(m, spec)) : formatted(m, v, plain(m, spec))),
  global(m, name, frame) {
    if (isName(name)) return { b: name }
    const alias = ALIASES[name] ?? name
    if (Object.hasOwn(EXCEPTIONS, alias) && !alias.includes('.')) return { b: `exc:${alias}` }
    if (name === '__name__') return frame.module === 0 ? '__main__' : m.modules[frame.module]!.path.replace(/^.*\/|\.py$/g, '')
    if (name === '__file__') return m.modules[frame.module]!.path
    if (BASES.has(name) && name === 'ThreadingHTTPServer') return { b: name }
    if (name === '.error') return m.fail('RuntimeError', 'No active exception to reraise')
    if (NOT_HERE.has(name)) throw new NotSimulated(`${name}()`, m.line)
    return m.fail('NameError', `name '${name}' is not defined`)
  },
  undeclared: () => {},
  bind,
  construct,
  callObject(m, o, args, names) {
    const call = m.is(o, 'obj') === undefined ? undefined : ofClass(m, m.is(o, 'obj')!.cls, '__call__')
    if (call !== undefined) return m.push(m.method(call, o), args, names)
    return m.fail('TypeError', `'${typeName(m, o)}' object is not callable`)
  },
  callBuiltin,
  superOf(m, frame) {
    const scope = m.is({ r: frame.scope }, 'scope')
    const self = Object.values(scope?.v ?? {})[0] ?? frame.self
    const base = classAbove(m, self, frame)
    if (base !== undefined) return m.heap.make({ t: 'obj', cls: { b: 'super' }, attrs: { '.self': self!, '.base': base } })
    return m.fail('RuntimeError', 'super(): no arguments')
  },
  importModule,
  importName(m, module, name) {
    if (isBuiltin(module)) {
      const inner = `${module.b.slice(4)}.${name}`
      if (MODULES.has(inner)) return { b: `mod:${inner}` }
      if (module.b === 'mod:typing' || module.b === 'mod:__future__') return { b: 'object' }
      return attr(m, module, name)
    }
    return moduleAttr(m, module, name) ?? m.fail('ImportError', `cannot import name '${name}'`)
  },
  error: (m, kind, message) => makeError(m, kind, message === '' ? [] : [message]),
  raised(m, v) {
    if (isError(m, v)) return noted(m, v)
    if (m.is(v, 'class') !== undefined) return noted(m, m.call(v, []))
    if (isBuiltin(v) && v.b.startsWith('exc:')) return makeError(m, v.b.slice(4), [])
    return makeError(m, 'TypeError', ['exceptions must derive from BaseException'])
  },
  matches: matchesError,
  tooDeep: (m) => m.fail('RecursionError', 'maximum recursion depth exceeded'),
  promise: () => UNDEFINED,
  awaited: (_m, v) => (isUndefined(v) ? null : v),
  ended(m, thread, _value, error) {
    if (error === undefined) return
    if (thread.id === MAIN) throw new Thrown(error)
    // An exception ends its thread, not the process.
    m.stderr += `Exception in thread Thread-${thread.id}:\n${traceback(m, error)}`
    m.changed = true
  },
}

/** The main thread's number. */
export const MAIN = 1
