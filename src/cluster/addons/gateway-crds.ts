/** The Gateway API's standard kinds as CustomResourceDefinitions: what is served of them here, with upstream's defaults and limits. */
import type { ApiObject } from '../../api/meta.ts'
import { GROUP } from '../../network/gateway/objects.ts'

type Schema = Readonly<Record<string, unknown>>
const text: Schema = { type: 'string' }
const port: Schema = { type: 'integer', format: 'int32', minimum: 1, maximum: 65535 }
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values })
const given = (schema: Schema, value: unknown): Schema => ({ ...schema, default: value })
const object = (properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
})
const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })
const map: Schema = { type: 'object', additionalProperties: text }
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const group = given({ ...text, maxLength: 253 }, GROUP)
const coreGroup = given({ ...text, maxLength: 253 }, '')
const hostname: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
}

const listener = object(
  {
    name: { ...text, minLength: 1, maxLength: 253 },
    port,
    protocol: { ...text, minLength: 1, maxLength: 255 },
    hostname,
    tls: object({
      mode: given(oneOf('Terminate', 'Passthrough'), 'Terminate'),
      certificateRefs: list(object({ group: coreGroup, kind: given(text, 'Secret'), name: text, namespace: text }, 'name'), {
        maxItems: 64,
      }),
      options: map,
    }),
    allowedRoutes: given(
      object({
        namespaces: given(object({ from: given(oneOf('All', 'Selector', 'Same', 'None'), 'Same'), selector: anything }), { from: 'Same' }),
        kinds: list(object({ group, kind: text }, 'kind'), { maxItems: 8 }),
      }),
      { namespaces: { from: 'Same' } },
    ),
  },
  'name',
  'port',
  'protocol',
)

const header = object({ name: { ...text, minLength: 1 }, value: text }, 'name', 'value')
const headerChange = object({ set: list(header), add: list(header), remove: list(text) })
const pathChange = object({ type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'), replaceFullPath: text, replacePrefixMatch: text }, 'type')
const backend = {
  group: coreGroup,
  kind: given(text, 'Service'),
  name: { ...text, minLength: 1 },
  namespace: text,
  port,
}
const filter = object(
  {
    type: oneOf(
      'RequestHeaderModifier',
      'ResponseHeaderModifier',
      'RequestMirror',
      'RequestRedirect',
      'URLRewrite',
      'ExtensionRef',
      'CORS',
    ),
    requestHeaderModifier: headerChange,
    responseHeaderModifier: headerChange,
    requestMirror: anything,
    extensionRef: anything,
    cors: anything,
    requestRedirect: object({
      scheme: oneOf('http', 'https'),
      hostname,
      port,
      path: pathChange,
      statusCode: given({ type: 'integer', enum: [301, 302, 303, 307, 308] }, 302),
    }),
    urlRewrite: object({ hostname, path: pathChange }),
  },
  'type',
)
const valueMatch = object(
  { type: given(oneOf('Exact', 'RegularExpression'), 'Exact'), name: { ...text, minLength: 1 }, value: { ...text, minLength: 1 } },
  'name',
  'value',
)
const FIRST_PATH = { type: 'PathPrefix', value: '/' }
const match = object({
  path: given(
    object({ type: given(oneOf('Exact', 'PathPrefix', 'RegularExpression'), 'PathPrefix'), value: given(text, '/') }),
    FIRST_PATH,
  ),
  headers: list(valueMatch, { maxItems: 16 }),
  queryParams: list(valueMatch, { maxItems: 16 }),
  method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'),
})
const rule = object({
  name: text,
  matches: given(list(match, { maxItems: 64 }), [{ path: FIRST_PATH }]),
  filters: list(filter, { maxItems: 16 }),
  backendRefs: list(
    object({ ...backend, weight: given({ type: 'integer', format: 'int32', minimum: 0, maximum: 1_000_000 }, 1) }, 'name'),
    {
      maxItems: 16,
    },
  ),
})

interface Column {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly priority?: number
}
const column = (name: string, jsonPath: string, more: Partial<Column> = {}): Column => ({ name, type: 'string', jsonPath, ...more })

interface GatewayKind {
  readonly kind: string
  readonly plural: string
  readonly short?: readonly string[]
  readonly cluster?: boolean
  readonly version?: string
  readonly spec: Schema
  readonly columns: readonly Column[]
}

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

const kinds: readonly GatewayKind[] = [
  {
    kind: 'GatewayClass',
    plural: 'gatewayclasses',
    short: ['gc'],
    cluster: true,
    spec: object(
      { controllerName: { ...text, minLength: 1, maxLength: 253 }, description: text, parametersRef: anything },
      'controllerName',
    ),
    columns: [
      column('Controller', '.spec.controllerName'),
      column('Accepted', '.status.conditions[?(@.type=="Accepted")].status'),
      AGE,
      column('Description', '.spec.description', { priority: 1 }),
    ],
  },
  {
    kind: 'Gateway',
    plural: 'gateways',
    short: ['gtw'],
    spec: object(
      {
        gatewayClassName: { ...text, minLength: 1, maxLength: 253 },
        listeners: list(listener, { minItems: 1, maxItems: 64 }),
        addresses: list(anything),
        infrastructure: anything,
      },
      'gatewayClassName',
      'listeners',
    ),
    columns: [
      column('Class', '.spec.gatewayClassName'),
      column('Address', '.status.addresses[*].value'),
      column('Programmed', '.status.conditions[?(@.type=="Programmed")].status'),
      AGE,
    ],
  },
  {
    kind: 'HTTPRoute',
    plural: 'httproutes',
    spec: object({
      parentRefs: list(
        object({ group, kind: given(text, 'Gateway'), namespace: text, name: { ...text, minLength: 1 }, sectionName: text, port }, 'name'),
        { maxItems: 32 },
      ),
      hostnames: list(hostname, { maxItems: 16 }),
      rules: given(list(rule, { maxItems: 16 }), [{ matches: [{ path: FIRST_PATH }] }]),
    }),
    columns: [column('Hostnames', '.spec.hostnames'), AGE],
  },
  {
    kind: 'ReferenceGrant',
    plural: 'referencegrants',
    short: ['refgrant'],
    version: 'v1beta1',
    spec: object(
      {
        from: list(object({ group: text, kind: text, namespace: text }, 'group', 'kind', 'namespace'), { minItems: 1, maxItems: 16 }),
        to: list(object({ group: text, kind: text, name: text }, 'group', 'kind'), { minItems: 1, maxItems: 16 }),
      },
      'from',
      'to',
    ),
    columns: [AGE],
  },
]

export const gatewayKinds: readonly ApiObject[] = kinds.map(
  ({ kind, plural, short = [], cluster, version = 'v1', spec, columns }) =>
    ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.${GROUP}`,
        annotations: {
          'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
          'gateway.networking.k8s.io/bundle-version': 'v1.4.0',
          'gateway.networking.k8s.io/channel': 'standard',
        },
      },
      spec: {
        group: GROUP,
        scope: cluster ? 'Cluster' : 'Namespaced',
        names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [...short], categories: ['gateway-api'] },
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            ...(version === 'v1' && { subresources: { status: {} } }),
            schema: {
              openAPIV3Schema: { type: 'object', ...(version === 'v1' && { required: ['spec'] }), properties: { spec, status: anything } },
            },
            additionalPrinterColumns: columns,
          },
        ],
      },
    }) as unknown as ApiObject,
)
