/** What a template is made of once it is parsed (Go's text/template/parse nodes). Positions are offsets into the file's text. */

export type Arg =
  | { readonly kind: 'dot'; readonly pos: number }
  | { readonly kind: 'nil'; readonly pos: number }
  | { readonly kind: 'bool'; readonly pos: number; readonly value: boolean }
  /** An integer is a bigint (Go's int), anything else a float64. */
  | { readonly kind: 'number'; readonly pos: number; readonly value: bigint | number; readonly text: string }
  | { readonly kind: 'string'; readonly pos: number; readonly value: string; readonly text: string }
  | { readonly kind: 'field'; readonly pos: number; readonly names: readonly string[] }
  /** `$x.a.b`: names are `$x`, `a`, `b`. */
  | { readonly kind: 'variable'; readonly pos: number; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly pos: number; readonly name: string }
  | { readonly kind: 'chain'; readonly pos: number; readonly node: Arg; readonly names: readonly string[] }
  | Pipe

export interface Command {
  readonly kind: 'command'
  readonly pos: number
  readonly args: readonly Arg[]
}

export interface Pipe {
  readonly kind: 'pipe'
  readonly pos: number
  readonly declares: readonly string[]
  /** `=` and not `:=`. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export interface Branch {
  readonly kind: 'if' | 'with' | 'range'
  readonly pos: number
  readonly pipe: Pipe
  readonly list: readonly TemplateNode[]
  readonly otherwise: readonly TemplateNode[] | undefined
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly pos: number; readonly text: string }
  | { readonly kind: 'action'; readonly pos: number; readonly pipe: Pipe }
  | Branch
  | { readonly kind: 'template'; readonly pos: number; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue'; readonly pos: number }

/** One named template. */
export interface Tree {
  readonly name: string
  /** The file it stands in. */
  readonly file: string
  /** The whole text of that file. */
  readonly text: string
  readonly list: readonly TemplateNode[]
}

/** A template that does not parse, or whose execution failed; the message is Go's, with its place. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure'
  constructor(
    message: string,
    readonly phase: 'parse' | 'execute',
  ) {
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = depth
  }
}

/** The source of a node as Go's String methods write it. */
export function nodeText(node: Arg | Command): string {
  switch (node.kind) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'number':
    case 'string':
      return node.text
    case 'field':
      return node.names.map((n) => `.${n}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'function':
      return node.name
    case 'chain':
      return `${node.node.kind === 'pipe' ? `(${nodeText(node.node)})` : nodeText(node.node)}${node.names.map((n) => `.${n}`).join('')}`
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg))).join(' ')
    case 'pipe': {
      const declared = node.declares.length === 0 ? '' : `${node.declares.join(', ')} ${node.assigns ? '=' : ':='} `
      return declared + node.commands.map(nodeText).join(' | ')
    }
  }
}
