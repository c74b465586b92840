/** The tree that the front-ends for Python and JavaScript make of a script, and the one compiler reads. */
import type { Value } from './values.ts'

export interface Argument {
  readonly v: Expr
  /** `*list` or `...list`. */
  readonly spread?: boolean
  /** `**mapping`. */
  readonly spreadNames?: boolean
  readonly name?: string
}

export interface Item {
  readonly key?: Expr
  readonly v: Expr
  readonly spread?: boolean
}

export interface Parameter {
  readonly target: Target
  readonly preset?: Expr
  /** `*args` or `...args`; `**kwargs`. */
  readonly rest?: 'list' | 'names'
  /** After a bare `*`: by name only. */
  readonly named?: boolean
}

export interface Def {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Stmt[]
  /** `this` is the surrounding one's. */
  readonly arrow?: boolean
  readonly async?: boolean
  /** Python: names that the body declares global or nonlocal, and those it assigns. */
  readonly globals?: readonly string[]
  readonly outer?: readonly string[]
  readonly line: number
}

type At = { readonly line: number }
export type Target = Expr

export type Expr = At &
  (
    | { readonly k: 'const'; readonly v: Value }
    | { readonly k: 'name'; readonly n: string }
    | { readonly k: 'bin'; readonly op: string; readonly a: Expr; readonly b: Expr }
    | { readonly k: 'un'; readonly op: string; readonly a: Expr }
    | { readonly k: 'logic'; readonly op: 'and' | 'or' | 'nullish'; readonly a: Expr; readonly b: Expr }
    | { readonly k: 'cmp'; readonly first: Expr; readonly rest: readonly (readonly [string, Expr])[] }
    | { readonly k: 'cond'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
    | { readonly k: 'call'; readonly fn: Expr; readonly args: readonly Argument[]; readonly isNew?: boolean; readonly maybe?: boolean }
    | { readonly k: 'attr'; readonly o: Expr; readonly n: string; readonly maybe?: boolean }
    | { readonly k: 'index'; readonly o: Expr; readonly i: Expr; readonly maybe?: boolean }
    | { readonly k: 'slice'; readonly o: Expr; readonly parts: readonly (Expr | undefined)[] }
    | { readonly k: 'list' | 'tuple' | 'set' | 'dict'; readonly items: readonly Item[] }
    | { readonly k: 'fn'; readonly def: Def }
    | { readonly k: 'text'; readonly parts: readonly (string | { readonly e: Expr; readonly spec?: Expr; readonly repr?: boolean })[] }
    | { readonly k: 'assign'; readonly target: Target; readonly op?: string; readonly v: Expr; readonly before?: boolean }
    | { readonly k: 'await'; readonly a: Expr }
    | { readonly k: 'super'; readonly args: readonly Argument[]; readonly method?: string }
    | { readonly k: 'class'; readonly name: string; readonly base?: Expr; readonly body: readonly Stmt[]; readonly fields: boolean }
  )

export type Stmt = At &
  (
    | { readonly k: 'do'; readonly e: Expr }
    | { readonly k: 'set'; readonly targets: readonly Target[]; readonly v: Expr; readonly declare?: boolean }
    | { readonly k: 'if'; readonly test: Expr; readonly then: readonly Stmt[]; readonly or: readonly Stmt[] }
    | { readonly k: 'while'; readonly test: Expr; readonly body: readonly Stmt[]; readonly or?: readonly Stmt[]; readonly last?: boolean }
    | {
        readonly k: 'for'
        readonly target: Target
        readonly iter: Expr
        readonly body: readonly Stmt[]
        readonly or?: readonly Stmt[]
        readonly declare?: boolean
        readonly keys?: boolean
      }
    | { readonly k: 'loop'; readonly init: readonly Stmt[]; readonly test?: Expr; readonly step?: Expr; readonly body: readonly Stmt[] }
    | { readonly k: 'switch'; readonly on: Expr; readonly cases: readonly { readonly test?: Expr; readonly body: readonly Stmt[] }[] }
    | { readonly k: 'return'; readonly v?: Expr }
    | { readonly k: 'break' }
    | { readonly k: 'continue' }
    | { readonly k: 'raise'; readonly v?: Expr }
    | {
        readonly k: 'try'
        readonly body: readonly Stmt[]
        readonly catches: readonly Catch[]
        readonly or: readonly Stmt[]
        readonly last?: readonly Stmt[]
      }
    | { readonly k: 'with'; readonly v: Expr; readonly target?: Target; readonly body: readonly Stmt[] }
    | { readonly k: 'del'; readonly targets: readonly Target[] }
    | { readonly k: 'import'; readonly module: string; readonly as: string; readonly names?: readonly (readonly [string, string])[] }
    | { readonly k: 'block'; readonly body: readonly Stmt[] }
  )

export interface Catch {
  /** Which exceptions; all when absent. */
  readonly type?: Expr
  readonly target?: Target
  readonly body: readonly Stmt[]
}

/** A construct that the stated subset does not have: what, and where. */
export class NotSimulated extends Error {
  readonly line: number
  constructor(what: string, line: number) {
    super(what)
    this.line = line
  }
}

/** What the real language would not accept either; `message` in its words. */
export class ScriptSyntaxError extends Error {
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}
