/**
 * OpenAPI v3 documents, one a group and version, from the kinds' schemas: what `kubectl explain` and client-side checks read.
 * Descriptions are not part of our facts.
 */
import { kindSchema } from '../../api/definitions.ts'
import type { KindDefinition } from '../../api/kind.ts'
import { apiVersionOf } from '../../api/meta.ts'
import type { KindRegistry } from '../../api/registry.ts'
import type { Schema } from '../../api/schema.ts'
import { sha256 } from '../../lib/hash.ts'
import { virtualResources } from '../virtual/registry.ts'
import { KUBERNETES_VERSION } from './versions.ts'

type Node = Record<string, unknown>

const PREFIX = '#/components/schemas/'
const plainFormats: Readonly<Record<string, Node>> = {
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'int-or-string': { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  'micro-time': { type: 'string', format: 'date-time' },
  'raw-extension': { type: 'object' },
  'fields-v1': { type: 'object' },
}

class Components {
  readonly schemas: Record<string, Node> = {}

  reference(schema: Schema): Node {
    if (schema.name === undefined) return this.inline(schema)
    const ref = { $ref: `${PREFIX}${schema.name}` }
    if (this.schemas[schema.name] === undefined) {
      this.schemas[schema.name] = {}
      this.schemas[schema.name] = this.inline(schema)
    }
    return schema.default === undefined ? ref : { allOf: [ref], default: schema.default }
  }

  inline(schema: Schema): Node {
    const special = schema.format === undefined ? undefined : plainFormats[schema.format]
    if (special !== undefined) return { ...special }
    const node: Node = {}
    for (const key of ['type', 'format', 'required', 'enum', 'default'] as const) if (schema[key] !== undefined) node[key] = schema[key]
    if (schema.properties !== undefined) {
      node['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([name, child]) => [name, this.reference(child)]))
    }
    if (schema.items !== undefined) node['items'] = this.reference(schema.items)
    const { additionalProperties: values } = schema
    if (values !== undefined) node['additionalProperties'] = typeof values === 'boolean' ? values : this.reference(values)
    this.#extensions(node, schema)
    return node
  }

  #extensions(node: Node, schema: Schema): void {
    if (schema.listType !== undefined) node['x-kubernetes-list-type'] = schema.listType
    if (schema.listMapKeys !== undefined) node['x-kubernetes-list-map-keys'] = schema.listMapKeys
    if (schema.mapType !== undefined) node['x-kubernetes-map-type'] = schema.mapType
    if (schema.patchStrategy !== undefined) node['x-kubernetes-patch-strategy'] = schema.patchStrategy
    if (schema.patchMergeKey !== undefined) node['x-kubernetes-patch-merge-key'] = schema.patchMergeKey
    if (schema.preserveUnknown) node['x-kubernetes-preserve-unknown-fields'] = true
  }
}

const root = (group: string, version: string): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`)

/** `com.example.v1.Backup`, as the API server names the schemas of custom kinds. */
const customName = (kind: Described): string => `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`

const parameter = (name: string): Node => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })

type Described = Pick<KindDefinition, 'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'schema' | 'verbs'>

/** What is answered and never stored, as far as the real API has its types. */
const unstored = (group: string, version: string): readonly Described[] =>
  virtualResources
    .filter((v) => v.group === group && v.version === version)
    .flatMap((v) => {
      const schema = kindSchema(group, version, v.kind)
      return schema === undefined ? [] : [{ ...v, schema, verbs: ['create'] }]
    })

function addKind(paths: Node, components: Components, kind: Described): void {
  const { group, version } = kind
  const gvk = { group, kind: kind.kind, version }
  const named = kind.schema.name === undefined ? { ...kind.schema, name: customName(kind) } : kind.schema
  const body = components.reference(named)
  components.schemas[named.name!] = { ...components.schemas[named.name!], 'x-kubernetes-group-version-kind': [gvk] }
  const content = { content: { 'application/json': { schema: body } } }
  const operation = (action: string, parameters: Node[] = []): Node => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    ...(parameters.length > 0 && { parameters }),
    responses: { 200: { description: 'OK', ...content } },
  })
  const writing = ['dryRun', 'fieldManager', 'fieldValidation'].map(parameter)
  const base = `${root(group, version)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`
  if (!kind.verbs.includes('list')) {
    paths[base] = { post: operation('post', writing) }
    return
  }
  paths[base] = { get: operation('list'), post: operation('post', writing) }
  paths[`${base}/{name}`] = {
    get: operation('get'),
    put: operation('put', writing),
    patch: operation('patch', [...writing, parameter('force')]),
    delete: operation('delete'),
  }
}

interface Cached {
  readonly generation: number
  readonly documents: Map<string, object>
}
const caches = new WeakMap<KindRegistry, Cached>()

function cacheOf(registry: KindRegistry): Map<string, object> {
  const known = caches.get(registry)
  if (known?.generation === registry.generation) return known.documents
  const fresh: Cached = { generation: registry.generation, documents: new Map() }
  caches.set(registry, fresh)
  return fresh.documents
}

/** `GET /openapi/v3/api/v1`, `GET /openapi/v3/apis/GROUP/VERSION`; undefined for what is not served. */
export function openApiDocument(registry: KindRegistry, group: string, version: string): object | undefined {
  const stored = registry.all.filter((k) => k.group === group && k.version === version)
  const kinds = [...stored, ...unstored(group, version).filter((v) => !stored.some((k) => k.kind === v.kind))]
  if (kinds.length === 0) return undefined
  const cache = cacheOf(registry)
  const key = apiVersionOf(group, version)
  const known = cache.get(key)
  if (known !== undefined) return known
  const paths: Node = {}
  const components = new Components()
  for (const kind of kinds) addKind(paths, components, kind)
  const document = {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths,
    components: { schemas: components.schemas },
  }
  cache.set(key, document)
  return document
}

/** `GET /openapi/v3`: where the documents are; the hash changes with their content. */
export function openApiIndex(registry: KindRegistry): object {
  const paths: Record<string, { serverRelativeURL: string }> = {}
  const groups = new Set([...registry.groups(), ...virtualResources.map((v) => v.group)])
  for (const group of groups) {
    const virtual = virtualResources.filter((v) => v.group === group).map((v) => v.version)
    for (const version of new Set([...registry.versionsOf(group), ...virtual])) {
      const path = root(group, version).slice(1)
      const hash = sha256(JSON.stringify(openApiDocument(registry, group, version))).toUpperCase()
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }
    }
  }
  return { paths }
}
