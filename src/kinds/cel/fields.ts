/** The chains of fields that an expression reads off a variable: `object.spec.replicas`. */
import { celSyntax } from './rule.ts'

export interface FieldPath {
  readonly root: string
  /** `at`: where its dot stands in the text, from 0. */
  readonly steps: readonly { readonly name: string; readonly at: number }[]
}

interface Node {
  readonly op: string
  readonly pos: number
  readonly args: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).op === 'string'

function chainOf(node: unknown): FieldPath | undefined {
  if (!isNode(node)) return undefined
  if (node.op === 'id') return { root: String(node.args), steps: [] }
  if (node.op !== '.' || !Array.isArray(node.args)) return undefined
  const [left, name] = node.args as [unknown, string]
  const before = chainOf(left)
  return before && { root: before.root, steps: [...before.steps, { name, at: node.pos - 1 }] }
}

function collect(value: unknown, found: FieldPath[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found)
    return
  }
  if (!isNode(value)) return
  const chain = chainOf(value)
  if (chain === undefined) collect(value.args, found)
  else if (chain.steps.length > 0) found.push(chain)
}

/** Each chain at its longest; none for a text that cannot be read. */
export function fieldPaths(text: string): readonly FieldPath[] {
  const found: FieldPath[] = []
  collect(celSyntax(text), found)
  return found
}
