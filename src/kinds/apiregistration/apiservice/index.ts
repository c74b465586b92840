/**
 * APIService, apiregistration.k8s.io/v1: who serves a group version, the API server itself or an extension API server behind a Service. While
 * that one answers, the kinds it serves are part of the API.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { definition } from '../../../api/definitions.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import type { Schema } from '../../../api/schema.ts'
import { extensionKinds } from '../../metrics/index.ts'

const text: Schema = { type: 'string' }
const int32: Schema = { type: 'integer', format: 'int32' }
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties })

/** As kube-aggregator's API has it. */
const schema = (): Schema =>
  object({
    apiVersion: text,
    kind: text,
    metadata: definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    spec: object({
      caBundle: { type: 'string', format: 'byte' },
      group: text,
      groupPriorityMinimum: int32,
      insecureSkipTLSVerify: { type: 'boolean' },
      service: object({ name: text, namespace: text, port: int32 }),
      version: text,
      versionPriority: int32,
    }),
    status: object({
      conditions: {
        type: 'array',
        listType: 'map',
        listMapKeys: ['type'],
        items: object({
          type: text,
          status: text,
          reason: text,
          message: text,
          lastTransitionTime: { type: 'string', format: 'date-time' },
        }),
      },
    }),
  })

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

const availability = (o: ApiObject): Condition | undefined =>
  ((o['status']?.conditions ?? []) as readonly Condition[]).find((c) => c.type === 'Available')

/** An extension API server's group version. */
const isServed = (o: ApiObject): boolean => availability(o)?.status === 'True'

function availableText(o: ApiObject): string {
  const available = availability(o)
  if (available === undefined) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}

function serviceErrors({ namespace = '', name = '', port = 443 }: { namespace?: string; name?: string; port?: number }): FieldError[] {
  return [
    ...(namespace === '' ? [required('spec.service.namespace')] : []),
    ...(name === '' ? [required('spec.service.name')] : []),
    ...(port < 1 || port > 65_535 ? [invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive')] : []),
  ]
}

export const apiService = defineKind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  schema: schema(),
  setDefaults: (o) => {
    o['spec'] ??= {}
    if (o['spec'].service) o['spec'].service.port ??= 443
    o['status'] ??= {}
  },
  validate: (o) => {
    const {
      group = '',
      version = '',
      groupPriorityMinimum = 0,
      versionPriority = 0,
      service,
      caBundle,
      insecureSkipTLSVerify,
    } = o['spec'] ?? {}
    const name = `${version}.${group}`
    return [
      ...(version === '' ? [required('spec.version')] : []),
      ...(o.metadata.name === name
        ? []
        : [invalid('metadata.name', o.metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`)]),
      ...(groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000
        ? [invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000')]
        : []),
      ...(versionPriority <= 0 || versionPriority > 1000
        ? [invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000')]
        : []),
      ...(service ? serviceErrors(service) : []),
      ...(!service && caBundle
        ? [invalid('spec.caBundle', `${String(caBundle).length} bytes`, 'local APIServices may not have a caBundle')]
        : []),
      ...(!service && insecureSkipTLSVerify
        ? [invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')]
        : []),
      ...(service && caBundle && insecureSkipTLSVerify
        ? [invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
        : []),
    ]
  },
  nameRule: nameIsPathSegment,
  subresources: { status: true },
  definesKinds: (o) =>
    o['spec'].service && isServed(o) ? extensionKinds.filter((k) => k.group === o['spec'].group && k.version === o['spec'].version) : [],
  unserved: (o) => (o['spec'].service && !isServed(o) ? { group: o['spec'].group, version: o['spec'].version } : undefined),
  cells: {
    Service: (o) => (o['spec']?.service ? `${o['spec'].service.namespace}/${o['spec'].service.name}` : 'Local'),
    Available: availableText,
  },
})
