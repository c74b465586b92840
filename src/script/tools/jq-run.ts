/** Evaluates a jq tree by backtracking generators; each result carries its path when one is asked for. Steps are counted. */
import { coreFunctions, type Evaluate, formatText, type Result } from './jq-functions.ts'
import { type Jq, JqError, type Pattern, parseJq } from './jq-parse.ts'
import {
  access,
  arithmetic,
  compact,
  compare,
  deletePaths,
  getPath,
  isObject,
  objectFrom,
  type Path,
  setPath,
  sliced,
  truthy,
  typeOf,
  type Value,
} from './jq-values.ts'
import { betweenSteps, lookSteps, Scales } from './jq-weight.ts'

const MOST_STEPS = 2_000_000

interface Closure {
  readonly parameters: readonly string[]
  readonly body: Jq
  /** Where the function was defined; a definition sees itself. */
  scope: Scope
}

export interface Scope {
  readonly parent: Scope | undefined
  readonly name: string
  readonly value?: Value
  readonly closure?: Closure
}

/** A thrown value (`error(v)`): what `catch` is given. */
export class JqThrown extends JqError {
  readonly value: Value
  constructor(value: Value) {
    super(typeof value === 'string' ? value : `${compact(value)} (not a string)`)
    this.value = value
  }
}

class JqBreak extends Error {
  readonly label: object
  constructor(label: object) {
    super('break')
    this.label = label
  }
}

export interface JqInput {
  /** Takes the next input; undefined at the end. */
  next(): Value | undefined
  env: Readonly<Record<string, string>>
  nowSeconds: number
}

const definitions = `
def map(f): [.[] | f]; def select(f): if f then . else empty end; def recurse: recurse(.[]?); def recurse(f): def r: ., (f | r); r;
def recurse(f; c): def r: ., (f | select(c) | r); r; def values: select(. != null); def nulls: select(. == null); def strings: select(type == "string");
def numbers: select(type == "number"); def booleans: select(type == "boolean"); def arrays: select(type == "array"); def objects: select(type == "object");
def iterables: select(type == "array" or type == "object"); def scalars: select(type != "array" and type != "object");
def map_values(f): .[] |= f; def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $x ({}; . + { ($x | if type == "object" then (if has("key") then .key elif has("k") then .k elif has("name") then .name elif has("Name") then .Name elif has("Key") then .Key elif has("K") then .K else null end) else . end | if type == "string" then . elif . == null then "null" else tojson end): ($x | if type != "object" then null elif has("value") then .value elif has("v") then .v elif has("Value") then .Value elif has("V") then .V else null end) });
def with_entries(f): to_entries | map(f) | from_entries; def add: reduce .[] as $x (null; . + $x); def add(f): reduce f as $x (null; . + $x);
def while(c; f): def w: if c then ., (f | w) else empty end; w; def until(c; f): def u: if c then . else (f | u) end; u; def repeat(f): def r: ., (f | r); r;
def in($o): . as $k | $o | has($k); def inside($o): . as $x | $o | contains($x); def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $d | [range(n)] | map($d) | combinations; def any: any(.[]; .); def all: all(.[]; .); def any(f): any(.[]; f); def all(f): all(.[]; f);
def any(g; c): isempty(first(g | if c then true else empty end)) | not; def all(g; c): isempty(first(g | if c then empty else true end));
def isempty(g): label $go | (g | false, break $go), true | ., break $go; def first(f): label $out | (f | ., break $out); def first: .[0]; def last: .[-1]; def last(f): reduce f as $x (null; $x);
def nth($n): .[$n]; def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end; def limit($n; f): if $n > 0 then label $out | foreach f as $x (0; . + 1; $x, if . >= $n then break $out else empty end) else empty end;
def skip($n; f): if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end) else f end;
def del(f): delpaths([path(f)]); def to_array: if type == "array" then . else [.] end; def paths: path(..) | select(length > 0); def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars); def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p))); def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def env: $ENV; def sort_by(f): _sort_by(map([f])); def group_by(f): _group_by(map([f])); def unique_by(f): [group_by(f)[] | .[0]]; def unique: _unique; def min_by(f): _min_by(map([f])); def max_by(f): _max_by(map([f]));
def test($r): test($r; null); def match($r): match($r; null); def capture($r): capture($r; null); def scan($r): scan($r; null); def capture($r; $f): match($r; $f) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def match($r; $f): _match($r; $f)[]; def test($r; $f): _match($r; $f) | length > 0; def scan($r; $f): match($r; "g" + ($f // "")) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def splits($r): splits($r; null); def splits($r; $f): split($r; $f)[]; def sub($r; s): sub($r; s; ""); def gsub($r; s): sub($r; s; "g"); def gsub($r; s; $f): sub($r; s; $f + "g");
def sub($r; s; $f): . as $in | (reduce _match($r; $f)[] as $m ([0, [""]]; . as [$at, $outs] | [$m.offset + $m.length, [$outs[] as $o | ($m.captures | map(select(.name != null) | {key: .name, value: .string}) | from_entries | s) as $t | $o + $in[$at:$m.offset] + $t]])) as [$at, $outs] | $outs[] + $in[$at:];
def ascii: [.] | implode; def todate: strftime("%Y-%m-%dT%H:%M:%SZ"); def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime; def todateiso8601: todate; def fromdate: fromdateiso8601; def date: todate; def dateadd(u; $n): . + $n;
def finites: select(isinfinite or isnan | not); def normals: select(isnormal); def tostream: path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): {x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end);
def inputs: _inputs[]; def input_line_number: 0; def halt_error: halt_error(5); def ltrimstr($x): if type == "string" and ($x | type) == "string" and startswith($x) then .[($x | length):] else . end;
def rtrimstr($x): if type == "string" and ($x | type) == "string" and endswith($x) and ($x | length) > 0 then .[:length - ($x | length)] else . end; def trimstr($x): ltrimstr($x) | rtrimstr($x); def abs: if . < 0 then -. else . end; def toarray: to_array; def debug(m): (m | empty), .; def index($i): indices($i) | .[0]; def rindex($i): indices($i) | .[-1:][0]; def error(v): v | error; def join($s): reduce .[] as $x (null; (if . == null then "" else . + $s end) + ($x | if . == null then "" elif type == "string" then . elif type == "number" or type == "boolean" then tojson else error("Cannot join with \\(type)") end)) // "";
`

let standard: ReadonlyMap<string, Extract<Jq, { t: 'define' }>> | undefined

/** The definitions above by name and arity. They see one another whatever their order. */
function library(): ReadonlyMap<string, Extract<Jq, { t: 'define' }>> {
  const out = new Map<string, Extract<Jq, { t: 'define' }>>()
  for (let node = parseJq(definitions); node.t === 'define'; node = node.rest) out.set(`${node.name}/${node.parameters.length}`, node)
  return out
}

/** Runs one program over one input after another; see the file's head. */
export class JqMachine {
  /** How much was evaluated. */
  steps = 0
  private depth = 0
  private readonly input: JqInput
  private readonly root: Scope
  private readonly labels = new Map<Scope, object>()
  private readonly scales = new Scales()

  constructor(input: JqInput, variables: Readonly<Record<string, Value>>) {
    this.input = input
    let scope: Scope = { parent: undefined, name: '$ENV', value: objectFrom(Object.entries(input.env)) }
    for (const name of Object.keys(variables)) scope = { parent: scope, name: `$${name}`, value: variables[name]! }
    this.root = scope
    standard ??= library()
  }

  *run(tree: Jq, value: Value): Generator<Value> {
    try {
      for (const [out] of this.evaluate(tree, [value, undefined], this.root)) yield out
    } catch (error) {
      if (error instanceof JqBreak) throw new JqError('break')
      if (error instanceof RangeError) throw new JqError('the program recurses too deeply')
      throw error
    }
  }

  private define(node: Extract<Jq, { t: 'define' }>, scope: Scope): Scope {
    const closure: Closure = { parameters: node.parameters, body: node.body, scope }
    const made: Scope = { parent: scope, name: `${node.name}/${node.parameters.length}`, closure }
    closure.scope = made
    return made
  }

  private find(scope: Scope, name: string): Scope | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.name === name) return at
    return undefined
  }

  /** Texts are cut by code points: that takes its time with their length. */
  private slice(of: Value, from: Value, to: Value): Value {
    this.count(typeof of === 'string' ? of.length >> 6 : 0)
    return this.made(sliced(of, from, to))
  }

  private values(tree: Jq, [v]: Result, scope: Scope): Generator<Result> {
    return this.evaluate(tree, [v, undefined], scope)
  }

  /** A value passes through every call it is made in, so deep ones count for more. */
  private count(more = 0): void {
    this.steps += 1 + (this.depth >> 6) + more
    if (this.steps > MOST_STEPS) throw new JqError('the program runs without end')
  }

  /** A value that was made just now, at its price. */
  private made<T extends Value>(v: T): T {
    if (typeof v === 'string' || (typeof v === 'object' && v !== null)) this.steps += this.scales.made(v)
    return v
  }

  *evaluate(tree: Jq, input: Result, scope: Scope): Generator<Result> {
    this.count()
    const [v, p] = input
    switch (tree.t) {
      case 'identity':
        yield input
        return
      case 'recurse':
        yield* this.descend(input)
        return
      case 'literal':
        yield [tree.value as Value, undefined]
        return
      case 'text':
        for (const text of this.texts(tree.parts, tree.format, 0, input, scope)) yield [this.made(text), undefined]
        return
      case 'format':
        this.count(lookSteps('format', v, this.scales))
        yield [this.made(formatText(tree.name, v)), undefined]
        return
      case 'index':
        for (const [of, path] of this.evaluate(tree.of, input, scope))
          for (const [key] of this.values(tree.key, input, scope)) yield [access(of, key), extend(path, p, key)]
        return
      case 'slice':
        for (const [to] of tree.to === undefined ? [[null, undefined] as Result] : this.values(tree.to, input, scope))
          for (const [from] of tree.from === undefined ? [[null, undefined] as Result] : this.values(tree.from, input, scope))
            for (const [of, path] of this.evaluate(tree.of, input, scope))
              yield [
                this.slice(of, from, to),
                extend(
                  path,
                  p,
                  objectFrom([
                    ['start', from],
                    ['end', to],
                  ]),
                ),
              ]
        return
      case 'iterate':
        for (const [of, path] of this.evaluate(tree.of, input, scope)) yield* this.iterate(of, path, p)
        return
      case 'pipe':
        for (const left of this.evaluate(tree.left, input, scope)) yield* this.evaluate(tree.right, left, scope)
        return
      case 'comma':
        yield* this.evaluate(tree.left, input, scope)
        yield* this.evaluate(tree.right, input, scope)
        return
      default:
        yield* this.more(tree, input, scope)
    }
  }

  private *more(tree: Jq, input: Result, scope: Scope): Generator<Result> {
    switch (tree.t) {
      case 'array': {
        const items: Value[] = []
        if (tree.of !== undefined) for (const [item] of this.values(tree.of, input, scope)) items.push(item)
        yield [this.made(items), undefined]
        return
      }
      case 'object':
        for (const entries of this.entries(tree.entries, 0, input, scope)) yield [this.made(objectFrom(entries)), undefined]
        return
      case 'negate':
        for (const [value] of this.values(tree.of, input, scope)) {
          if (typeof value !== 'number') throw new JqError(`${typeOf(value)} (${compact(value).slice(0, 11)}) cannot be negated`)
          yield [-value, undefined]
        }
        return
      case 'binary':
        yield* this.binary(tree, input, scope)
        return
      case 'assign':
        yield* this.assign(tree, input, scope)
        return
      case 'if':
        yield* this.conditional(tree, 0, input, scope)
        return
      case 'try':
        yield* this.attempt(tree, input, scope)
        return
      case 'reduce':
        yield* this.reduce(tree, input, scope)
        return
      case 'foreach':
        yield* this.foreach(tree, input, scope)
        return
      case 'define':
        yield* this.evaluate(tree.rest, input, this.define(tree, scope))
        return
      case 'call':
        yield* this.call(tree, input, scope)
        return
      case 'variable': {
        if (tree.name === '__loc__')
          return yield [
            objectFrom([
              ['file', '<top-level>'],
              ['line', 1],
            ]),
            undefined,
          ]
        const found = this.find(scope, `$${tree.name}`)
        if (found === undefined) throw new JqError(`$${tree.name} is not defined`)
        yield [found.value!, undefined]
        return
      }
      case 'bind':
        for (const [value] of this.values(tree.source, input, scope)) yield* this.bind(tree, value, input, scope)
        return
      case 'label': {
        const made: Scope = { parent: scope, name: `*${tree.name}` }
        const label = {}
        this.labels.set(made, label)
        try {
          yield* this.evaluate(tree.body, input, made)
        } catch (error) {
          if (!(error instanceof JqBreak) || error.label !== label) throw error
        } finally {
          this.labels.delete(made)
        }
        return
      }
      case 'break': {
        const found = this.find(scope, `*${tree.name}`)
        if (found === undefined) throw new JqError(`$*label-${tree.name} is not defined`)
        throw new JqBreak(this.labels.get(found) ?? {})
      }
    }
  }

  private *iterate(of: Value, path: Path | undefined, p: Path | undefined): Generator<Result> {
    if (Array.isArray(of)) for (let i = 0; i < of.length; i++) yield [of[i]!, extend(path, p, i)]
    else if (isObject(of)) for (const key of Object.keys(of)) yield [of[key]!, extend(path, p, key)]
    else
      throw new JqError(
        `Cannot iterate over ${typeOf(of)}${of === null ? '' : ` (${compact(of).length > 11 ? `${compact(of).slice(0, 10)}...` : compact(of)})`}`,
      )
  }

  private *descend(at: Result): Generator<Result> {
    yield at
    if (typeof at[0] === 'object' && at[0] !== null) for (const child of this.iterate(at[0], at[1], at[1])) yield* this.descend(child)
  }

  private *texts(parts: readonly (string | Jq)[], format: string | undefined, i: number, input: Result, scope: Scope): Generator<string> {
    if (i === parts.length) return yield ''
    const part = parts[i]!
    for (const rest of this.texts(parts, format, i + 1, input, scope)) {
      if (typeof part === 'string') yield part + rest
      else
        for (const [value] of this.values(part, input, scope))
          yield (format === undefined ? (typeof value === 'string' ? value : compact(value)) : formatText(format, value)) + rest
    }
  }

  private *entries(
    list: readonly { key: Jq; value: Jq | undefined }[],
    i: number,
    input: Result,
    scope: Scope,
  ): Generator<[string, Value][]> {
    if (i === list.length) return yield []
    const { key: keyTree, value: valueTree } = list[i]!
    for (const [key] of this.values(keyTree, input, scope)) {
      if (typeof key !== 'string') throw new JqError(`Object keys must be strings`)
      for (const [value] of valueTree === undefined
        ? [[access(input[0], key), undefined] as Result]
        : this.values(valueTree, input, scope)) {
        for (const rest of this.entries(list, i + 1, input, scope)) yield [[key, value], ...rest]
      }
    }
  }

  private *binary(tree: Extract<Jq, { t: 'binary' }>, input: Result, scope: Scope): Generator<Result> {
    const { operator } = tree
    if (operator === '//') return yield* this.alternative(tree, input, scope)
    if (operator === 'and' || operator === 'or') {
      for (const [left] of this.values(tree.left, input, scope)) {
        if (truthy(left) === (operator === 'or')) yield [operator === 'or', undefined]
        else for (const [right] of this.values(tree.right, input, scope)) yield [truthy(right), undefined]
      }
      return
    }
    for (const [right] of this.values(tree.right, input, scope))
      for (const [left] of this.values(tree.left, input, scope)) yield [this.operate(operator, left, right), undefined]
  }

  private operate(operator: string, left: Value, right: Value): Value {
    this.count(betweenSteps(operator, left, right, this.scales))
    return this.made(operate(operator, left, right))
  }

  private *alternative(tree: Extract<Jq, { t: 'binary' }>, input: Result, scope: Scope): Generator<Result> {
    let any = false
    try {
      for (const result of this.evaluate(tree.left, input, scope)) {
        if (!truthy(result[0])) continue
        any = true
        yield result
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error
    }
    if (!any) yield* this.evaluate(tree.right, input, scope)
  }

  private paths(tree: Jq, v: Value, scope: Scope): Path[] {
    const out: Path[] = []
    for (const [, path] of this.evaluate(tree, [v, []], scope)) {
      if (path === undefined) throw new JqError('Invalid path expression')
      out.push(path)
    }
    return out
  }

  private *assign(tree: Extract<Jq, { t: 'assign' }>, input: Result, scope: Scope): Generator<Result> {
    const [v] = input
    const { operator } = tree
    if (operator === '|=') {
      let result = v
      const gone: Path[] = []
      for (const path of this.paths(tree.left, v, scope)) {
        let found = false
        for (const [next] of this.values(tree.right, [getPath(result, path), undefined], scope)) {
          result = this.made(setPath(result, path, next))
          found = true
          break
        }
        if (!found) gone.push(path)
      }
      yield [this.made(deletePaths(result, gone)), undefined]
      return
    }
    for (const [right] of this.values(tree.right, input, scope)) {
      let result = v
      for (const path of this.paths(tree.left, v, scope)) {
        const old = getPath(result, path)
        const next =
          operator === '=' ? right : operator === '//=' ? (truthy(old) ? old : right) : this.operate(operator.slice(0, -1), old, right)
        this.count()
        result = this.made(setPath(result, path, next))
      }
      yield [result, undefined]
    }
  }

  private *conditional(tree: Extract<Jq, { t: 'if' }>, i: number, input: Result, scope: Scope): Generator<Result> {
    const part = tree.tests[i]
    if (part === undefined) {
      if (tree.otherwise === undefined) yield input
      else yield* this.evaluate(tree.otherwise, input, scope)
      return
    }
    for (const [test] of this.values(part.test, input, scope)) {
      if (truthy(test)) yield* this.evaluate(part.result, input, scope)
      else yield* this.conditional(tree, i + 1, input, scope)
    }
  }

  private *attempt(tree: Extract<Jq, { t: 'try' }>, input: Result, scope: Scope): Generator<Result> {
    try {
      yield* this.evaluate(tree.of, input, scope)
    } catch (error) {
      if (!(error instanceof JqError)) throw error
      if (tree.handler !== undefined)
        yield* this.evaluate(tree.handler, [error instanceof JqThrown ? error.value : error.message, undefined], scope)
    }
  }

  private *reduce(tree: Extract<Jq, { t: 'reduce' }>, input: Result, scope: Scope): Generator<Result> {
    for (const [start] of this.values(tree.start, input, scope)) {
      let state: Value = start
      for (const [item] of this.values(tree.source, input, scope)) {
        for (const bound of this.destructure(tree.pattern, item, input, scope)) {
          let last: Value = null
          for (const [next] of this.values(tree.update, [state, undefined], bound)) last = next
          state = last
        }
      }
      yield [state, undefined]
    }
  }

  private *foreach(tree: Extract<Jq, { t: 'foreach' }>, input: Result, scope: Scope): Generator<Result> {
    for (const [start] of this.values(tree.start, input, scope)) {
      let state: Value = start
      for (const [item] of this.values(tree.source, input, scope)) {
        for (const bound of this.destructure(tree.pattern, item, input, scope)) {
          for (const [next] of this.values(tree.update, [state, undefined], bound)) {
            state = next
            if (tree.extract === undefined) yield [next, undefined]
            else yield* this.values(tree.extract, [next, undefined], bound)
          }
        }
      }
    }
  }

  private *bind(tree: Extract<Jq, { t: 'bind' }>, value: Value, input: Result, scope: Scope): Generator<Result> {
    const names = tree.patterns.length > 1 ? tree.patterns.flatMap(namesOf) : []
    const base = names.reduce((at: Scope, name): Scope => ({ parent: at, name: `$${name}`, value: null }), scope)
    for (let i = 0; i < tree.patterns.length; i++) {
      try {
        for (const bound of this.destructure(tree.patterns[i]!, value, input, base)) yield* this.evaluate(tree.body, input, bound)
        return
      } catch (error) {
        if (!(error instanceof JqError) || i === tree.patterns.length - 1) throw error
      }
    }
  }

  private *destructure(pattern: Pattern, value: Value, input: Result, scope: Scope): Generator<Scope> {
    if ('variable' in pattern) {
      yield { parent: scope, name: `$${pattern.variable}`, value }
      return
    }
    if ('items' in pattern) {
      if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`)
      yield* this.destructureAll(
        pattern.items.map((inner, i) => ({ inner, get: () => access(value, i) })),
        0,
        input,
        scope,
      )
      return
    }
    yield* this.destructureEntries(pattern.entries, 0, value, input, scope)
  }

  private *destructureAll(
    items: readonly { inner: Pattern; get: () => Value }[],
    i: number,
    input: Result,
    scope: Scope,
  ): Generator<Scope> {
    const item = items[i]
    if (item === undefined) return yield scope
    for (const bound of this.destructure(item.inner, item.get(), input, scope)) yield* this.destructureAll(items, i + 1, input, bound)
  }

  private *destructureEntries(
    entries: Extract<Pattern, { entries: unknown }>['entries'],
    i: number,
    value: Value,
    input: Result,
    scope: Scope,
  ): Generator<Scope> {
    const entry = entries[i]
    if (entry === undefined) return yield scope
    for (const [key] of this.values(entry.key, input, scope)) {
      const part = access(value, key)
      const base: Scope = entry.variable === undefined ? scope : { parent: scope, name: `$${entry.variable}`, value: part }
      if (entry.pattern === undefined) yield* this.destructureEntries(entries, i + 1, value, input, base)
      else
        for (const bound of this.destructure(entry.pattern, part, input, base))
          yield* this.destructureEntries(entries, i + 1, value, input, bound)
    }
  }

  private *call(tree: Extract<Jq, { t: 'call' }>, input: Result, scope: Scope): Generator<Result> {
    const found = this.find(scope, `${tree.name}/${tree.args.length}`)
    if (found?.closure !== undefined) {
      const { closure } = found
      this.depth++
      try {
        yield* this.apply(closure, tree.args, 0, input, scope, closure.scope)
      } finally {
        this.depth--
      }
      return
    }
    const known = standard!.get(`${tree.name}/${tree.args.length}`)
    if (known !== undefined) {
      yield* this.apply({ parameters: known.parameters, body: known.body, scope: this.root }, tree.args, 0, input, scope, this.root)
      return
    }
    const core = coreFunctions[`${tree.name}/${tree.args.length}`]
    if (core === undefined) throw new JqError(`${tree.name}/${tree.args.length} is not defined`)
    const evaluate: Evaluate = (node, at) => this.evaluate(node, at, scope)
    this.count(lookSteps(tree.name, input[0], this.scales))
    for (const result of core({ input, args: tree.args, evaluate, host: this.input, scales: this.scales, spend: (n) => this.count(n) })) {
      this.count()
      this.made(result[0])
      yield result
    }
  }

  private *apply(closure: Closure, args: readonly Jq[], i: number, input: Result, caller: Scope, scope: Scope): Generator<Result> {
    const parameter = closure.parameters[i]
    if (parameter === undefined) {
      yield* this.evaluate(closure.body, input, scope)
      return
    }
    const arg = args[i]!
    if (!parameter.startsWith('$')) {
      yield* this.apply(closure, args, i + 1, input, caller, {
        parent: scope,
        name: `${parameter}/0`,
        closure: { parameters: [], body: arg, scope: caller },
      })
      return
    }
    for (const [value] of this.values(arg, input, caller)) {
      const made: Scope = { parent: scope, name: parameter, value }
      yield* this.apply(closure, args, i + 1, input, caller, {
        parent: made,
        name: `${parameter.slice(1)}/0`,
        closure: { parameters: [], body: { t: 'literal', value }, scope: made },
      })
    }
  }
}

function extend(path: Path | undefined, tracked: Path | undefined, key: Value): Path | undefined {
  if (path !== undefined) return [...path, key]
  if (tracked !== undefined) throw new JqError(`Invalid path expression with result`)
  return undefined
}

function namesOf(pattern: Pattern): string[] {
  if ('variable' in pattern) return [pattern.variable]
  if ('items' in pattern) return pattern.items.flatMap(namesOf)
  return pattern.entries.flatMap((entry) => [
    ...(entry.variable === undefined ? [] : [entry.variable]),
    ...(entry.pattern === undefined ? [] : namesOf(entry.pattern)),
  ])
}

function operate(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return compare(left, right) === 0
    case '!=':
      return compare(left, right) !== 0
    case '<':
      return compare(left, right) < 0
    case '<=':
      return compare(left, right) <= 0
    case '>':
      return compare(left, right) > 0
    case '>=':
      return compare(left, right) >= 0
    default:
      return arithmetic(operator, left, right)
  }
}
