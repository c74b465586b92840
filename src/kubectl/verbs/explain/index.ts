/**
 * `kubectl explain`, from the kinds' schemas: fields, types, enums. Upstream's descriptions are not part of this program, and it says so.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import type { Schema } from '../../../api/schema.ts'
import { CommandError } from '../../errors.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'

const shortName = (schema: Schema): string => schema.name?.split('.').pop() ?? 'Object'

/** `string`, `[]Container`, `map[string]string`, `DeploymentStrategy` (openapi v3's typeGuess). */
export function typeText(schema: Schema): string {
  if (schema.type === 'array') return `[]${schema.items === undefined ? 'Object' : typeText(schema.items)}`
  const values = schema.additionalProperties
  if (schema.type === 'object' && typeof values === 'object' && schema.properties === undefined) return `map[string]${typeText(values)}`
  if (schema.name !== undefined) return shortName(schema)
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type
}

/** Where the fields below a schema stand: itself, its items, its values. */
function inner(schema: Schema): Schema {
  if (schema.items !== undefined) return inner(schema.items)
  const values = schema.additionalProperties
  if (schema.properties === undefined && typeof values === 'object') return inner(values)
  return schema
}

/** What kubectl prints where a schema has no description; for built-in kinds ours adds where to read one. */
const prose = (kind: KindDefinition): string =>
  kind.schema.name === undefined
    ? '    <empty>\n'
    : '    <empty> (descriptions: https://kubernetes.io/docs/reference/kubernetes-api/)\n    \n'

function fieldLines(schema: Schema, indent: string, recursive: boolean, seen: ReadonlySet<Schema>): string {
  const properties = schema.properties ?? {}
  const required = new Set(schema.required ?? [])
  let out = ''
  for (const name of Object.keys(properties).sort()) {
    const field = properties[name]!
    out += `${indent}${name}\t<${typeText(field)}>${required.has(name) ? ' -required-' : ''}\n`
    if (field.enum !== undefined) out += `${indent}enum: ${enumText(field)}\n`
    const below = inner(field)
    if (recursive && !seen.has(below)) out += fieldLines(below, `${indent}  `, true, new Set([...seen, below]))
    else if (!recursive) out += `${indent}  <no description>\n\n`
  }
  return out
}

const enumText = (schema: Schema): string => {
  const values = schema.enum!.map(String).sort()
  return values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')
}

function walk(kind: KindDefinition, path: readonly string[]): { field: Schema; name: string | undefined } {
  let field: Schema = kind.schema
  let name: string | undefined
  for (const part of path) {
    const next = inner(field).properties?.[part]
    if (next === undefined) throw new CommandError(`field ${JSON.stringify(part)} does not exist`)
    field = next
    name = part
  }
  return { field, name }
}

function kindFor(context: VerbContext, type: string): KindDefinition {
  const kinds = context.kube.kinds
  const asked = context.flags.text('api-version')
  const found = kinds.resolve(type)
  if (found === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(type)}`, 1, true)
  if (asked === '') return found
  const exact = kinds.byKind(asked, found.kind)
  if (exact === undefined) throw new CommandError(`couldn't find resource for "${asked}, Resource=${found.resource}"`)
  return exact
}

function enumBlock(field: Schema): string {
  if (field.enum === undefined) return '\n'
  return `ENUM:\n${field.enum
    .map(String)
    .sort()
    .map((value) => `    ${value}\n`)
    .join('')}`
}

export const explainVerb = plainVerb('kubectl explain', (context) => {
  if (context.args.length === 0)
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (context.args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE')
  const [type, ...path] = context.args[0]!.replace(/^\.|\.$/g, '').split('.')
  const kind = kindFor(context, type!)
  context.out(`${kind.group === '' ? '' : `GROUP:      ${kind.group}\n`}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`)
  const { field, name } = walk(kind, path)
  const below = inner(field)
  const recursive = context.flags.bool('recursive')
  if (name !== undefined) context.out(`FIELD: ${name} <${typeText(field)}>\n${enumBlock(field)}\n`)
  context.out(`DESCRIPTION:\n${prose(kind)}`)
  if (below.properties !== undefined)
    context.out(`FIELDS:\n${fieldLines(below, '  ', recursive, new Set([below]))}${recursive ? '\n' : ''}`)
  return 0
})
