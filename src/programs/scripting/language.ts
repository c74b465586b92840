/** What a language brings to the machine: its grammar, its operators, its objects and its library. */
import type { Code } from './compile.ts'
import type { Machine } from './machine.ts'
import type { Frame, Thread } from './state.ts'
import type { Thing, Value } from './values.ts'

export interface Language {
  readonly name: string
  /** Code of a module's text; kept by text. Throws NotSimulated and ScriptSyntaxError. */
  compile(text: string, path: string): readonly Code[]
  binary(m: Machine, op: string, a: Value, b: Value): Value
  compare(m: Machine, op: string, a: Value, b: Value): Value
  unary(m: Machine, op: string, a: Value): Value
  truthy(m: Machine, v: Value): boolean
  attr(m: Machine, o: Value, name: string): Value
  setAttr(m: Machine, o: Value, name: string, v: Value): void
  deleteAttr(m: Machine, o: Value, name: string): void
  index(m: Machine, o: Value, i: Value): Value
  setIndex(m: Machine, o: Value, i: Value, v: Value): void
  deleteIndex(m: Machine, o: Value, i: Value): void
  slice(m: Machine, o: Value, a: Value, b: Value, c: Value): Value
  /** Into a collection that is being written down. */
  add(m: Machine, collection: Value, v: Value): void
  extend(m: Machine, collection: Value, v: Value): void
  /** An object without some keys: `{a, ...rest}`. */
  without(m: Machine, o: Value, keys: readonly Value[]): Value
  /** An iterator; `keys`: JavaScript's `for … in`. */
  iterate(m: Machine, v: Value, keys: boolean): Value
  spread(m: Machine, v: Value): readonly Value[]
  entries(m: Machine, v: Value): readonly (readonly [Value, Value])[]
  /** A part of an f-string or template. */
  format(m: Machine, v: Value, spec: Value, repr: boolean): Value
  /** A name that no scope has: the library's, or an error. */
  global(m: Machine, name: string, frame: Frame): Value
  /** An assignment to a name that nobody declared. */
  undeclared(m: Machine, name: string): void
  /** Arguments to variables. */
  bind(m: Machine, code: Code, fn: Thing & { t: 'fn' }, args: readonly Value[], names: ReadonlyMap<string, Value>): Record<string, Value>
  /** A new object; undefined: its constructor was begun. */
  construct(m: Machine, cls: Value, args: readonly Value[], names: ReadonlyMap<string, Value>): Value | undefined
  callObject(m: Machine, o: Value, args: readonly Value[], names: ReadonlyMap<string, Value>): Value | undefined
  callBuiltin(
    m: Machine,
    fn: { readonly b: string; readonly s?: Value },
    args: readonly Value[],
    names: ReadonlyMap<string, Value>,
    isNew: boolean,
  ): Value
  superOf(m: Machine, frame: Frame, method: string): Value
  importModule(m: Machine, name: string): { readonly module: Value; readonly frame?: Frame }
  importName(m: Machine, module: Value, name: string): Value
  error(m: Machine, kind: string, message: string): Value
  /** What is thrown, with where it was thrown noted on it. */
  raised(m: Machine, v: Value): Value
  matches(m: Machine, error: Value, type: Value): boolean
  tooDeep(m: Machine): never
  promise(m: Machine): Value
  /** The value of a settled promise; undefined: the thread waits now. Throws Thrown. */
  awaited(m: Machine, v: Value): Value | undefined
  ended(m: Machine, thread: Thread, value: Value, error: Value | undefined): void
}
