/**
 * `kubectl explain`, from the kinds' schemas: fields, types, enums, and what the API or a CRD's author says of them.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/meta.ts'
import type { Schema } from '../../../api/schema.ts'
import { CommandError } from '../../errors.ts'
import { servedKind, unstoredKinds } from '../../resources/discovered.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { descriptionOf } from './descriptions.ts'
import { indentLines, wrapWords } from './wrap.ts'

const shortName = (schema: Schema): string => schema.name?.split('.').pop() ?? 'Object'

/** `string`, `[]Container`, `map[string]string`, `DeploymentStrategy` (openapi v3's typeGuess). */
export function typeText(schema: Schema): string {
  if (schema.type === 'array') return `[]${schema.items === undefined ? 'Object' : typeText(schema.items)}`
  const values = schema.additionalProperties
  if (schema.type === 'object' && typeof values === 'object' && schema.properties === undefined) return `map[string]${typeText(values)}`
  if (schema.name !== undefined && (schema.type === undefined || schema.type === 'object')) return shortName(schema)
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type
}

/** Where the fields below a schema stand: itself, its items, its values. */
function inner(schema: Schema): Schema {
  if (schema.items !== undefined) return inner(schema.items)
  const values = schema.additionalProperties
  if (schema.properties === undefined && typeof values === 'object') return inner(values)
  return schema
}

/** What is said of a field, by the type it stands in or by itself. */
const fieldText = (owner: Schema, name: string): string | undefined =>
  descriptionOf(owner.name, name) ?? owner.properties?.[name]?.description ?? identityText(owner, name)

/** Custom resources carry the identity fields of every object, with the words all kinds have for them. */
function identityText(owner: Schema, name: string): string | undefined {
  const identity = owner.properties?.['metadata']?.name === 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
  return identity && owner.name === undefined && ['apiVersion', 'kind', 'metadata'].includes(name)
    ? descriptionOf('io.k8s.api.core.v1.ConfigMap', name)
    : undefined
}

/** What is said of a type, and of those it is a list or map of. */
function typeTexts(schema: Schema): string[] {
  const own = descriptionOf(schema.name)
  const values = schema.additionalProperties
  return [
    ...(own === undefined ? [] : [own]),
    ...(schema.items === undefined ? [] : typeTexts(schema.items)),
    ...(schema.properties === undefined && typeof values === 'object' ? typeTexts(values) : []),
  ]
}

function prose(own: string | undefined, schema: Schema): string {
  const texts = [...(own === undefined ? [] : [own]), ...typeTexts(schema)]
  return `${indentLines(wrapWords(texts.length === 0 ? '<empty>' : texts.map((t) => `${t}\n`).join(''), 76), 4)}\n`
}

function fieldLines(schema: Schema, level: number, recursive: boolean, seen: ReadonlySet<Schema>): string {
  const properties = schema.properties ?? {}
  const required = new Set(schema.required ?? [])
  const indent = ' '.repeat(level * 2)
  let out = ''
  for (const name of Object.keys(properties).sort()) {
    const field = properties[name]!
    out += `${indent}${name}\t<${typeText(field)}>${required.has(name) ? ' -required-' : ''}\n`
    if (field.enum !== undefined) out += `${indent}enum: ${enumText(field)}\n`
    const below = inner(field)
    if (recursive && !seen.has(below)) out += fieldLines(below, level + 1, true, new Set([...seen, below]))
    else if (!recursive)
      out += `${indentLines(wrapWords(fieldText(schema, name) ?? '<no description>', 78 - level * 2), level * 2 + 2)}\n\n`
  }
  return out
}

const enumValue = (value: unknown): string => (value === '' ? '""' : String(value))

const enumText = (schema: Schema): string => {
  const values = schema.enum!.map(enumValue)
  return values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')
}

function walk(kind: KindDefinition, path: readonly string[]): { field: Schema; name: string | undefined; text: string | undefined } {
  let field: Schema = kind.schema
  let name: string | undefined
  let text: string | undefined = kind.schema.description
  for (const part of path) {
    const owner = inner(field)
    const next = owner.properties?.[part]
    if (next === undefined) throw new CommandError(`field ${JSON.stringify(part)} does not exist`)
    text = fieldText(owner, part)
    field = next
    name = part
  }
  return { field, name, text }
}

const servesVersion = (context: VerbContext, apiVersion: string): boolean =>
  context.kube.kinds.all.some((kind) => apiVersionOf(kind.group, kind.version) === apiVersion)

function kindFor(context: VerbContext, type: string): KindDefinition {
  const asked = context.flags.text('api-version')
  const found = context.kube.kinds.resolve(type) ?? unstoredKinds(context).find((kind) => [kind.resource, kind.singular].includes(type))
  if (found === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(type)}`, 1, true)
  if (asked === '') return found
  const exact = servedKind(context, asked, found.kind)
  if (exact === undefined)
    throw new CommandError(
      servesVersion(context, asked)
        ? `GVR (${asked.includes('/') ? asked : `/${asked}`}, Resource=${found.resource}) not found in OpenAPI schema`
        : `couldn't find resource for "${asked}, Resource=${found.resource}"`,
    )
  return exact
}

const enumBlock = (field: Schema): string =>
  field.enum === undefined ? '\n' : `ENUM:\n${field.enum.map((value) => `    ${enumValue(value)}\n`).join('')}`

export const explainVerb = plainVerb('kubectl explain', (context) => {
  if (context.args.length === 0)
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (context.args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE')
  const output = context.flags.text('output')
  if (output === 'plaintext-openapiv2')
    throw new CommandError('--output=plaintext-openapiv2 is not available in this lab: the server has OpenAPI v3 alone')
  if (output !== 'plaintext') throw new CommandError(`unrecognized format: ${output}`)
  const typed = context.args[0]!.replace(/^\.|\.$/g, '')
  // `deployments.apps` is a resource and its group before it is a field of deployments.
  const whole = typed.includes('.') ? context.kube.kinds.resolve(typed) : undefined
  const [type, ...path] = whole === undefined ? typed.split('.') : [typed]
  const kind = kindFor(context, type!)
  context.out(`${kind.group === '' ? '' : `GROUP:      ${kind.group}\n`}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`)
  const { field, name, text } = walk(kind, path)
  const below = inner(field)
  const recursive = context.flags.bool('recursive')
  if (name !== undefined) context.out(`FIELD: ${name} <${typeText(field)}>\n${enumBlock(field)}\n`)
  // The description ends in an empty line; the last line of all is left without the blanks that kubectl indents it by.
  const described = `DESCRIPTION:\n${prose(text, field)}`
  if (below.properties === undefined) context.out(described.replace(/\n +\n$/, '\n\n'))
  else context.out(`${described}FIELDS:\n${fieldLines(below, 1, recursive, new Set([below]))}${recursive ? '\n' : ''}`)
  return 0
})
