/**
 * Runs a template (Go's text/template exec.go): variables, pipelines, branches, calls of functions and of other templates, with Go's words
 * for what goes wrong. Work and output come out of a budget, so no template runs for ever.
 */
import { lineOf } from './lex.ts'
import { type Arg, type Branch, type Command, nodeText, type Pipe, TemplateFailure, type TemplateNode, type Tree } from './nodes.ts'
import { type Budget, BudgetSpent, GoObject, goText, goType, has, isMap, isTrue, sortedKeys } from './values.ts'

/**
 * A function of templates. `args` has a letter an argument: `s` string, `i` int, `n` any number, `m` map, `b` bool, `l` list, `a` anything;
 * `*` after the last one: any number of them. An Error thrown is told as `error calling NAME: …`.
 */
export interface TemplateFunction {
  readonly args: string
  readonly call: (...args: any[]) => unknown
}

export interface Execution {
  readonly trees: ReadonlyMap<string, Tree>
  readonly functions: Readonly<Record<string, TemplateFunction>>
  readonly budget: Budget
  /** `missingkey=error`: a key that is not there is a failure. */
  readonly strict: boolean
  depth: number
}

const MAX_DEPTH = 1000

type Signal = 'break' | 'continue' | undefined
interface Variable {
  readonly name: string
  value: unknown
}

const typeNames: Readonly<Record<string, string>> = {
  s: 'string',
  i: 'int',
  m: 'map[string]interface {}',
  b: 'bool',
  l: '[]interface {}',
  n: 'float64',
}

const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  s: (v) => typeof v === 'string',
  i: (v) => typeof v === 'bigint',
  n: (v) => typeof v === 'bigint' || typeof v === 'number',
  m: isMap,
  b: (v) => typeof v === 'boolean',
  l: Array.isArray,
  a: () => true,
}

class Run {
  readonly out: string[] = []
  #variables: Variable[]

  constructor(
    private readonly tree: Tree,
    private readonly context: Execution,
    dot: unknown,
  ) {
    this.#variables = [{ name: '$', value: dot }]
  }

  #fail(node: Arg | Command | { readonly kind: string; readonly pos: number; readonly name?: string }, message: string): never {
    const { text, file, name } = this.tree
    const column = node.pos - (text.lastIndexOf('\n', node.pos - 1) + 1)
    const whole = node.kind === 'template' ? `{{template ${JSON.stringify((node as { name: string }).name)}}}` : nodeText(node as Arg)
    const shown = whole.length > 20 ? `${whole.slice(0, 20)}...` : whole
    throw new TemplateFailure(
      `template: ${file}:${lineOf(text, node.pos)}:${column}: executing ${JSON.stringify(name)} at <${shown.replaceAll('%', '%%')}>: ${message}`,
      'execute',
    )
  }

  write(text: string): void {
    this.context.budget.spend(text.length)
    this.out.push(text)
  }

  list(nodes: readonly TemplateNode[], dot: unknown): Signal {
    for (const node of nodes) {
      this.context.budget.spend(1)
      switch (node.kind) {
        case 'text':
          this.write(node.text)
          break
        case 'action': {
          const value = this.#pipe(node.pipe, dot)
          if (node.pipe.declares.length === 0) this.#print(node.pipe, value)
          break
        }
        case 'break':
        case 'continue':
          return node.kind
        case 'template': {
          const tree = this.context.trees.get(node.name)
          if (tree === undefined) this.#fail(node, `template ${JSON.stringify(node.name)} not defined`)
          const value = node.pipe === undefined ? null : this.#pipe(node.pipe, dot)
          if (this.context.depth >= MAX_DEPTH) this.#fail(node, `exceeded maximum template depth (${MAX_DEPTH})`)
          this.out.push(executeTree(tree!, value, this.context))
          break
        }
        default: {
          const signal = this.#branch(node, dot)
          if (signal !== undefined) return signal
        }
      }
    }
    return undefined
  }

  #print(pipe: Pipe, value: unknown): void {
    if (value === null || value === undefined) return this.write('<no value>')
    if (typeof value === 'function') this.#fail(pipe, `can't print ${nodeText(pipe)} of type func()`)
    if (typeof value === 'object') this.context.budget.walk(value)
    this.write(goText(value))
  }

  #branch(node: Branch, dot: unknown): Signal {
    const mark = this.#variables.length
    try {
      if (node.kind === 'range') return this.#range(node, dot)
      const value = this.#pipe(node.pipe, dot)
      if (isTrue(value)) return this.list(node.list, node.kind === 'with' ? value : dot)
      return node.otherwise === undefined ? undefined : this.list(node.otherwise, dot)
    } finally {
      this.#variables.length = mark
    }
  }

  #range(node: Branch, dot: unknown): Signal {
    const value = this.#pipe({ ...node.pipe, declares: [] }, dot)
    const { declares, assigns } = node.pipe
    const mark = this.#variables.length
    let count = 0
    const one = (key: unknown, item: unknown): boolean => {
      count++
      this.context.budget.spend(1)
      const given = declares.length === 1 ? [item] : [key, item]
      declares.forEach((name, i) => {
        if (assigns) this.#assign(name, given[i])
        else this.#variables.push({ name, value: given[i] })
      })
      const signal = this.list(node.list, item)
      this.#variables.length = mark
      return signal === 'break'
    }
    if (typeof value === 'bigint') for (let i = 0n; i < value && !one(i, i); i++);
    else if (Array.isArray(value)) for (let i = 0; i < value.length && !one(BigInt(i), value[i]); i++);
    else if (isMap(value)) {
      for (const key of sortedKeys(value)) if (one(key, value[key])) break
    } else if (value instanceof GoObject && value.open) {
      for (const key of sortedKeys(value.fields)) if (one(key, value.fields[key])) break
    } else if (value !== null && value !== undefined) this.#fail(node.pipe, `range can't iterate over ${goText(value)}`)
    if (count > 0 || node.otherwise === undefined) return undefined
    return this.list(node.otherwise, dot)
  }

  #assign(name: string, value: unknown): void {
    for (let i = this.#variables.length - 1; i >= 0; i--)
      if (this.#variables[i]!.name === name) {
        this.#variables[i]!.value = value
        return
      }
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown
    pipe.commands.forEach((command, i) => {
      value = this.#command(command, dot, value, i > 0)
      if (value === null) value = undefined
    })
    for (const name of pipe.declares) {
      if (pipe.assigns) this.#assign(name, value)
      else this.#variables.push({ name, value })
    }
    return value
  }

  #command(command: Command, dot: unknown, final: unknown, piped: boolean): unknown {
    const first = command.args[0]!
    this.context.budget.spend(1)
    if (first.kind === 'function') return this.#function(command, first.name, dot, final, piped)
    if (first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable') {
      const extra = command.args.slice(1).map((arg) => this.#arg(arg, dot))
      if (piped) extra.push(final)
      return this.#chainOf(first, dot, extra)
    }
    if (command.args.length > 1 || piped) this.#fail(first, `can't give argument to non-function ${nodeText(first)}`)
    if (first.kind === 'nil') this.#fail(first, 'nil is not a command')
    return this.#arg(first, dot)
  }

  #arg(arg: Arg, dot: unknown): unknown {
    switch (arg.kind) {
      case 'dot':
        return dot
      case 'nil':
        return undefined
      case 'bool':
      case 'number':
      case 'string':
        return arg.value
      case 'pipe':
        return this.#pipe(arg, dot)
      case 'function':
        return this.#function({ kind: 'command', pos: arg.pos, args: [arg] }, arg.name, dot, undefined, false)
      default:
        return this.#chainOf(arg, dot, [])
    }
  }

  #chainOf(node: Extract<Arg, { names: readonly string[] }>, dot: unknown, args: readonly unknown[]): unknown {
    if (node.kind === 'field') return this.#fields(node, dot, node.names, args)
    if (node.kind === 'chain') {
      const base = this.#arg(node.node, dot)
      if (node.node.kind === 'nil') this.#fail(node, `indirection through explicit nil in ${nodeText(node)}`)
      return this.#fields(node, base, node.names, args)
    }
    const [name, ...names] = node.names
    let value: unknown
    for (let i = this.#variables.length - 1; i >= 0; i--)
      if (this.#variables[i]!.name === name) {
        value = this.#variables[i]!.value
        break
      }
    if (names.length === 0) {
      if (args.length > 0) this.#fail(node, `can't give argument to non-function ${nodeText(node)}`)
      return value
    }
    return this.#fields(node, value, names, args)
  }

  #fields(node: Arg, receiver: unknown, names: readonly string[], args: readonly unknown[]): unknown {
    let value = receiver
    names.forEach((name, i) => {
      value = this.#field(node, value, name, i === names.length - 1 ? args : [])
    })
    return value
  }

  #field(node: Arg, receiver: unknown, name: string, args: readonly unknown[]): unknown {
    if (receiver === undefined) {
      if (this.context.strict) this.#fail(node, `nil data; no entry for key ${JSON.stringify(name)}`)
      return undefined
    }
    if (receiver === null) return this.#fail(node, `nil pointer evaluating interface {}.${name}`)
    if (receiver instanceof GoObject) {
      if (has(receiver.methods, name))
        try {
          return receiver.methods[name]!(...args)
        } catch (error) {
          return this.#rethrow(node, name, error)
        }
      if (has(receiver.fields, name)) return this.#plain(node, name, receiver.fields[name], args)
      if (receiver.open) return null
      return this.#fail(node, `can't evaluate field ${name} in type ${receiver.type}`)
    }
    if (!isMap(receiver))
      return this.#fail(
        node,
        `can't evaluate field ${name} in type ${receiver !== null && typeof receiver === 'object' ? goType(receiver) : 'interface {}'}`,
      )
    if (has(receiver, name)) return this.#plain(node, name, receiver[name] ?? null, args)
    if (args.length > 0) this.#fail(node, `${name} is not a method but has arguments`)
    if (this.context.strict) this.#fail(node, `map has no entry for key ${JSON.stringify(name)}`)
    return null
  }

  #plain(node: Arg, name: string, value: unknown, args: readonly unknown[]): unknown {
    if (args.length > 0) this.#fail(node, `${name} is not a method but has arguments`)
    return value
  }

  #function(command: Command, name: string, dot: unknown, final: unknown, piped: boolean): unknown {
    const given = command.args.slice(1)
    if (name === 'and' || name === 'or') return this.#logic(command, name, given, dot, final, piped)
    const definition = this.context.functions[name]!
    const values = given.map((arg) => this.#arg(arg, dot))
    if (piped) values.push(final)
    const variadic = definition.args.endsWith('*')
    const letters = variadic ? definition.args.slice(0, -1) : definition.args
    const fixed = letters.length - (variadic ? 1 : 0)
    const identifier = command.args[0]!
    if (variadic ? values.length < fixed : values.length !== fixed)
      this.#fail(identifier, `wrong number of args for ${name}: want ${variadic ? `at least ${fixed}` : fixed} got ${values.length}`)
    values.forEach((value, i) => {
      const letter = letters[Math.min(i, letters.length - 1)] ?? 'a'
      if (fits[letter]!(value)) return
      if (letter === 'm' && (value === undefined || value === null) && given[i]?.kind === 'nil') return
      const at = given[i] ?? identifier
      if (value === undefined) this.#fail(at, `invalid value; expected ${typeNames[letter]}`)
      this.#fail(at, `wrong type for value; expected ${typeNames[letter]}; got ${goType(value)}`)
    })
    let result: unknown
    try {
      result = definition.call(...values)
    } catch (error) {
      return this.#rethrow(command, name, error)
    }
    if (typeof result === 'string') this.context.budget.spend(result.length)
    else if (Array.isArray(result)) this.context.budget.spend(result.length)
    return result
  }

  #rethrow(node: Arg | Command, name: string, error: unknown): never {
    if (error instanceof BudgetSpent) throw error
    // Go recovers a function's panic the same way.
    if (!(error instanceof Error)) throw error
    if (error instanceof RangeError) return this.#fail(node, `error calling ${name}: exceeded maximum template depth (${MAX_DEPTH})`)
    return this.#fail(node, `error calling ${name}: ${error.message}`)
  }

  /** `and` and `or` look no further than they must. */
  #logic(command: Command, name: string, given: readonly Arg[], dot: unknown, final: unknown, piped: boolean): unknown {
    if (given.length === 0 && !piped) this.#fail(command.args[0]!, `wrong number of args for ${name}: want at least 1 got 0`)
    let value: unknown
    for (const arg of given) {
      value = this.#arg(arg, dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    return piped ? final : value
  }
}

/** Runs one template on its data and gives its text. Throws TemplateFailure. */
export function executeTree(tree: Tree, dot: unknown, context: Execution): string {
  const run = new Run(tree, context, dot)
  context.depth++
  try {
    run.list(tree.list, dot)
  } finally {
    context.depth--
  }
  return run.out.join('')
}
