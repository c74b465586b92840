/**
 * Whether a CRD's schema is structural: every node says its type, and what judges a value (allOf, anyOf, oneOf, not) names only what
 * the structure has (apiextensions' ValidateStructural). The errors come sorted by their text, as upstream sorts them.
 */
import { type FieldError, fieldErrorText, forbidden, invalid, required } from '../../../api/errors.ts'
import type { JSONSchemaProps } from '../../../api/generated/types/apiextensions-v1.ts'
import { same } from '../../fields/same.ts'
import { patternError } from '../customresource/pattern.ts'
import { itemsOf, valuesOf } from '../customresource/schema.ts'

type Level = 'root' | 'item' | 'field'

const emptyType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}
const intOrString = [{ type: 'integer' }, { type: 'string' }]
const junctors = ['anyOf', 'allOf', 'oneOf'] as const

const at = (path: string, list: string, i: number): string => `${path}.${list}[${i}]`

function typeErrors(s: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const found: FieldError[] = []
  const embedded = s['x-kubernetes-embedded-resource'] === true
  const open = s['x-kubernetes-int-or-string'] === true || s['x-kubernetes-preserve-unknown-fields'] === true
  if (embedded && s.type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true'
    found.push(s.type ? invalid(`${path}.type`, s.type, detail) : required(`${path}.type`, detail))
  } else if (!s.type && !open) found.push(required(`${path}.type`, emptyType[level]))
  if (level === 'root' && s.type && s.type !== 'object') found.push(invalid(`${path}.type`, s.type, 'must be object at the root'))
  return found
}

function extensionErrors(s: JSONSchemaProps, path: string): FieldError[] {
  if (s['x-kubernetes-int-or-string'] !== true) return []
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const).flatMap((field) =>
    s[field] === true ? [invalid(`${path}.${field}`, true, 'must be false if x-kubernetes-int-or-string is true')] : [],
  )
}

/** What every object has may be described at the root only so far as names go. */
function metadataErrors(s: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const found: FieldError[] = []
  const judged = level === 'root' || s['x-kubernetes-embedded-resource'] === true
  for (const field of ['kind', 'apiVersion'] as const) {
    const child = s.properties?.[field]
    if (judged && child !== undefined && child.type !== 'string')
      found.push(invalid(`${path}.properties[${field}].type`, child.type ?? '', 'must be string'))
  }
  const metadata = s.properties?.['metadata']
  if (metadata === undefined) return found
  const here = `${path}.properties[metadata]`
  if (judged && metadata.type !== 'object') found.push(invalid(`${here}.type`, metadata.type ?? '', 'must be object'))
  const { type: _type, default: _default, properties = {}, ...rest } = metadata
  const onlyNames = Object.keys(properties).every((key) => key === 'name' || key === 'generateName')
  if (level === 'root' && (!onlyNames || Object.keys(rest).length > 0))
    found.push(forbidden(here, 'must not specify anything other than name and generateName, but metadata is implicitly specified'))
  return found
}

const mustBeEmpty: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

function nestedErrors(v: JSONSchemaProps | undefined, path: string): FieldError[] {
  if (v === undefined) return []
  const found = [...judgementErrors(v, path), ...nestedErrors(itemsOf(v), `${path}.items`)]
  for (const [key, child] of Object.entries(v.properties ?? {})) found.push(...nestedErrors(child, `${path}.properties[${key}]`))
  for (const [field, detail] of mustBeEmpty) if (v[field]) found.push(forbidden(`${path}.${field}`, detail))
  if (v.properties?.['metadata'] !== undefined)
    found.push(forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'))
  return found
}

/** What judges values: the two ways to say "an integer or a string" are let pass. */
function judgementErrors(s: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  for (const list of junctors)
    for (const [i, v] of (s[list] ?? []).entries()) {
      if (list === 'anyOf' && same(s.anyOf, intOrString)) continue
      const spared = list === 'allOf' && i === 0 && same(v.anyOf, intOrString)
      found.push(...nestedErrors(spared ? { ...v, anyOf: [] } : v, at(path, list, i)))
    }
  found.push(...nestedErrors(s.not, `${path}.not`))
  const wrong = s.pattern ? patternError(s.pattern) : undefined
  if (wrong !== undefined) found.push(invalid(`${path}.pattern`, s.pattern, `must be a valid regular expression, but isn't: ${wrong}`))
  return found
}

function invariantErrors(s: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const found: FieldError[] = []
  const items = itemsOf(s)
  if (s.type === 'array' && items === undefined) found.push(required(`${path}.items`, 'must be specified'))
  if (items !== undefined) found.push(...invariantErrors(items, 'item', `${path}.items`))
  for (const [key, child] of Object.entries(s.properties ?? {}))
    found.push(...invariantErrors(child, 'field', `${path}.properties[${key}]`))
  const embedded = s['x-kubernetes-embedded-resource'] === true
  if (s.additionalProperties) {
    if (level === 'root') found.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'))
    const values = valuesOf(s)
    if (values !== undefined) found.push(...invariantErrors(values, 'field', `${path}.additionalProperties`))
    if (embedded) found.push(forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'))
  }
  found.push(...extensionErrors(s, path), ...judgementErrors(s, path), ...typeErrors(s, level, path), ...metadataErrors(s, level, path))
  if (embedded && s['x-kubernetes-preserve-unknown-fields'] !== true && Object.keys(s.properties ?? {}).length === 0) {
    const detail = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    found.push(required(`${path}.properties`, detail))
  }
  return found
}

/** What a judgement names must be in the structure too. */
function namedErrors(v: JSONSchemaProps | undefined, s: JSONSchemaProps | undefined, path: string, from: string): FieldError[] {
  if (v === undefined) return []
  if (s === undefined) return [required(path, `because it is defined in ${from}`)]
  const items = itemsOf(v)
  const found = items === undefined ? [] : namedErrors(items, itemsOf(s), `${path}.items`, `${from}.items`)
  for (const [key, child] of Object.entries(v.properties ?? {}))
    found.push(...namedErrors(child, s.properties?.[key], `${path}.properties[${key}]`, `${from}.properties[${key}]`))
  return [...found, ...judgedErrors(v, s, path, from)]
}

function judgedErrors(v: JSONSchemaProps, s: JSONSchemaProps, path: string, from: string): FieldError[] {
  const found = junctors.flatMap((list) => (v[list] ?? []).flatMap((child, i) => namedErrors(child, s, path, at(from, list, i))))
  return [...found, ...namedErrors(v.not, s, path, `${from}.not`)]
}

function completenessErrors(s: JSONSchemaProps | undefined, path: string): FieldError[] {
  if (s === undefined) return []
  return [
    ...judgedErrors(s, s, path, path),
    ...completenessErrors(itemsOf(s), `${path}.items`),
    ...Object.entries(s.properties ?? {}).flatMap(([key, child]) => completenessErrors(child, `${path}.properties[${key}]`)),
    ...completenessErrors(valuesOf(s), `${path}.additionalProperties`),
  ]
}

/** Why the schema at `path` is not structural; empty when it is. */
export function structuralErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  const found = [...invariantErrors(schema, 'root', path), ...completenessErrors(schema, path)]
  return found.sort((a, b) => (fieldErrorText(a) < fieldErrorText(b) ? -1 : 1))
}
