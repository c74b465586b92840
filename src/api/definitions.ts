/**
 * The named types of the real API as schemas: reads the generated facts (fields, types, defaults, list and merge keys of Kubernetes
 * 1.36's OpenAPI) and follows references on first use. Recursive types become cyclic graphs.
 */
import { assert } from '../lib/assert.ts'
import raw from './generated/definitions.json' with { type: 'json' }
import { apiVersionOf } from './meta.ts'
import type { Schema } from './schema.ts'

type RawSchema = Readonly<Record<string, unknown>>
const facts = raw as unknown as Readonly<Record<string, RawSchema>>

/** Types whose JSON is not what their Go structure says. */
const special: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { format: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { format: 'int-or-string' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'micro-time' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object', format: 'raw-extension', preserveUnknown: true },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object', format: 'fields-v1', preserveUnknown: true },
}

const renamed: Readonly<Record<string, string>> = {
  'list-type': 'listType',
  'list-map-keys': 'listMapKeys',
  'map-type': 'mapType',
  'patch-strategy': 'patchStrategy',
  'patch-merge-key': 'patchMergeKey',
}
const copied = ['type', 'format', 'required', 'enum', 'default']

const resolved = new Map<string, Schema>()

function copyPlain(own: Record<string, unknown>, node: RawSchema): void {
  for (const key of copied) if (node[key] !== undefined) own[key] = node[key]
  for (const [from, to] of Object.entries(renamed)) if (node[from] !== undefined) own[to] = node[from]
}

function translate(node: RawSchema): Schema {
  const own: Record<string, unknown> = {}
  copyPlain(own, node)
  if (typeof node['ref'] === 'string') {
    const target = definition(node['ref'])
    return Object.keys(own).length === 0 ? target : { ...target, ...own }
  }
  fill(own, node)
  return own
}

function fill(own: Record<string, unknown>, node: RawSchema): void {
  const properties = node['properties'] as Readonly<Record<string, RawSchema>> | undefined
  if (properties !== undefined)
    own['properties'] = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, translate(child)]))
  const items = node['items'] as RawSchema | undefined
  if (items !== undefined) own['items'] = translate(items)
  const values = node['additionalProperties'] as RawSchema | boolean | undefined
  if (values !== undefined) own['additionalProperties'] = typeof values === 'boolean' ? values : translate(values)
}

/** The schema of a named type (`io.k8s.api.core.v1.PodSpec`); the same object each time. */
export function definition(name: string): Schema {
  const known = resolved.get(name)
  if (known !== undefined) return known
  const node = facts[name]
  assert(node !== undefined, `no definition is called ${name}`)
  const own: Record<string, unknown> = { ...special[name], name }
  resolved.set(name, own as Schema)
  if (special[name] !== undefined) return own as Schema
  copyPlain(own, node)
  fill(own, node)
  if (node['properties'] === undefined && node['type'] === undefined) own['preserveUnknown'] = true
  return own as Schema
}

let names: Map<string, string> | undefined

function nameByKind(): Map<string, string> {
  if (names !== undefined) return names
  names = new Map()
  for (const [name, node] of Object.entries(facts)) {
    for (const gvk of (node['gvk'] as { group: string; version: string; kind: string }[] | undefined) ?? []) {
      const key = `${apiVersionOf(gvk.group, gvk.version)} ${gvk.kind}`
      if (!names.has(key)) names.set(key, name)
    }
  }
  return names
}

/** The schema of a kind's objects, if the real API has that kind. */
export function kindSchema(group: string, version: string, kind: string): Schema | undefined {
  const name = nameByKind().get(`${apiVersionOf(group, version)} ${kind}`)
  return name === undefined ? undefined : definition(name)
}

/** Names of all types, in byte order. */
export const definitionNames = (): readonly string[] => Object.keys(facts).sort()

/** Metadata as every object carries it. */
export const objectMetaSchema = (): Schema => definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
