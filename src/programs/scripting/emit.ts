/** What the compilers of expressions and statements write into: the instructions, and what stands open around them. */
import type { Def, Stmt } from './ast.ts'

export interface Op {
  readonly o: string
  a?: unknown
  readonly l: number
}

export interface CallShape {
  /** What each argument on the stack is. */
  readonly args: readonly ('one' | 'spread' | 'names' | { readonly name: string })[]
  readonly isNew: boolean
}

export interface Code {
  readonly name: string
  readonly line: number
  readonly ops: Op[]
  /** Names of the parameters in order; patterns are taken apart in the body. */
  readonly parameters: readonly {
    readonly name: string
    readonly preset: boolean
    readonly rest?: 'list' | 'names'
    readonly named?: boolean
  }[]
  readonly arrow: boolean
  readonly async: boolean
}

export interface Loop {
  readonly breaks: Op[]
  readonly continues: Op[]
  readonly depth: number
  /** A switch, which `continue` passes by. */
  readonly plain: boolean
}

/** What stands between a jump and where it goes: a scope to leave, a handler to drop, an iterator on the stack, a `finally` to run. */
export type Frame =
  | { readonly k: 'scope' }
  | { readonly k: 'handler' }
  | { readonly k: 'value' }
  | { readonly k: 'finally'; readonly body: readonly Stmt[] }

export interface CompileOptions {
  /** Python: functions have one scope, names that are assigned in them are their own. JavaScript: blocks have scopes. */
  readonly blocks: boolean
}

export abstract class Emitter {
  readonly codes: Code[]
  readonly options: CompileOptions
  ops: Op[] = []
  loops: Loop[] = []
  frames: Frame[] = []
  line = 1
  def: Def | undefined

  constructor(codes: Code[], options: CompileOptions) {
    this.codes = codes
    this.options = options
  }

  emit(o: string, a?: unknown): Op {
    const op: Op = { o, l: this.line, ...(a !== undefined && { a }) }
    this.ops.push(op)
    return op
  }
  here(op: Op): void {
    op.a = this.ops.length
  }

  jumps(ops: readonly Op[], to = this.ops.length): void {
    for (const op of ops) op.a = to
  }
}
