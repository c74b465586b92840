/**
 * What the API refuses in a CustomResourceDefinition, in the order and words of upstream's ValidateCustomResourceDefinition. What all
 * versions have alike stands once at the top of upstream's internal type, so errors name it there (`spec.validation`,
 * `spec.additionalPrinterColumns`).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '../../../api/generated/types/apiextensions-v1.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../../api/names.ts'
import { unsupported } from '../../core/field-checks.ts'
import { immutable, same } from '../../fields/same.ts'
import { schemaErrors } from './schema-rules.ts'

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function groupErrors(group: string): FieldError[] {
  if (group === '') return [required('spec.group')]
  const wrong = dns1123SubdomainErrors(group)
  if (wrong.length > 0) return [invalid('spec.group', group, wrong.join(', '))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function scopeErrors(scope: string): FieldError[] {
  if (scope === '') return [required('spec.scope')]
  return scope === 'Cluster' || scope === 'Namespaced' ? [] : [unsupported('spec.scope', scope, ['Cluster', 'Namespaced'])]
}

const simplePathErrors = (text: string, path: string): FieldError[] =>
  text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')]

function columnErrors(column: CustomResourceColumnDefinition, path: string): FieldError[] {
  const found: FieldError[] = []
  const oneOf = `must be one of ${columnTypes.join(',')}`
  if (!column.name) found.push(required(`${path}.name`))
  if (!column.type) found.push(required(`${path}.type`, oneOf))
  else if (!columnTypes.includes(column.type)) found.push(invalid(`${path}.type`, column.type, oneOf))
  if (column.format && !columnFormats.includes(column.format))
    found.push(invalid(`${path}.format`, column.format, `must be one of ${columnFormats.join(',')}`))
  if (!column.jsonPath) found.push(required(`${path}.JSONPath`))
  else found.push(...simplePathErrors(column.jsonPath, `${path}.JSONPath`))
  return found
}

/** As upstream's internal type prints a version, what stands at the top left out. */
const goVersion = (v: CustomResourceDefinitionVersion, hoisted: Hoisted): unknown => ({
  Name: v.name,
  Served: v.served,
  Storage: v.storage,
  Deprecated: v.deprecated ?? false,
  DeprecationWarning: v.deprecationWarning ?? null,
  Schema: hoisted.schema ? null : (v.schema ?? null),
  Subresources: hoisted.subresources ? null : (v.subresources ?? null),
  AdditionalPrinterColumns: hoisted.columns ? null : (v.additionalPrinterColumns ?? null),
  SelectableFields: v.selectableFields ?? null,
})

interface Hoisted {
  readonly schema: boolean
  readonly subresources: boolean
  readonly columns: boolean
}

function hoistedOf(versions: readonly CustomResourceDefinitionVersion[]): Hoisted {
  const alike = (of: (v: CustomResourceDefinitionVersion) => unknown): boolean => versions.every((v) => same(of(v), of(versions[0]!)))
  return {
    schema: alike((v) => v.schema),
    subresources: alike((v) => v.subresources),
    columns: alike((v) => v.additionalPrinterColumns),
  }
}

/** Subresources of a version, or those all have alike; scale's paths stay within what they tell of. */
function scaleErrors(of: CustomResourceDefinitionVersion['subresources'], path: string): FieldError[] {
  const scale = of?.scale
  if (scale === undefined) return []
  const found: FieldError[] = []
  const judge = (field: string, text: string | undefined, roots: readonly string[], where: string): void => {
    const at = `${path}.scale.${field}`
    const wrong = text ? simplePathErrors(text, at) : [required(at)]
    if (wrong.length > 0) found.push(...wrong)
    else if (!roots.some((root) => text!.startsWith(root))) found.push(invalid(at, text, `should be a json path under ${where}`))
  }
  judge('specReplicasPath', scale.specReplicasPath, ['.spec.'], '.spec')
  judge('statusReplicasPath', scale.statusReplicasPath, ['.status.'], '.status')
  if (scale.labelSelectorPath) judge('labelSelectorPath', scale.labelSelectorPath, ['.spec.', '.status.'], 'either .spec or .status')
  return found
}

function deprecationErrors(v: CustomResourceDefinitionVersion, path: string): FieldError[] {
  const text = v.deprecationWarning
  const wrong: string[] = []
  if (text === undefined) return []
  if (v.deprecated !== true) wrong.push('can only be set for deprecated versions')
  else if (text.length > 256) wrong.push('must be <= 256 characters long')
  else if (text === '') wrong.push('must not be an empty string')
  return wrong.map((detail) => invalid(`${path}.deprecationWarning`, text, detail))
}

const hasStatus = (versions: readonly CustomResourceDefinitionVersion[]): boolean =>
  versions.some((v) => v.subresources?.status !== undefined)

function versionErrors(given: readonly CustomResourceDefinitionVersion[] | undefined, hoisted: Hoisted): FieldError[] {
  const versions = given ?? []
  const found: FieldError[] = []
  for (const [i, v] of versions.entries())
    if (v.schema?.openAPIV3Schema === undefined) found.push(required(`spec.versions[${i}].schema.openAPIV3Schema`))
  for (const [i, v] of versions.entries()) {
    const at = `spec.versions[${i}]`
    const wrong = dns1035LabelErrors(v.name)
    if (wrong.length > 0) found.push(invalid(`${at}.name`, v.name, wrong.join(',')))
    found.push(...deprecationErrors(v, at))
    const props = v.schema?.openAPIV3Schema
    if (!hoisted.schema && props !== undefined) found.push(...schemaErrors(props, `${at}.schema.openAPIV3Schema`, hasStatus([v])))
    if (!hoisted.subresources) found.push(...scaleErrors(v.subresources, `${at}.subresources`))
    if (!hoisted.columns)
      found.push(...(v.additionalPrinterColumns ?? []).flatMap((c, j) => columnErrors(c, `${at}.additionalPrinterColumns[${j}]`)))
  }
  const shown = given?.map((v) => goVersion(v, hoisted)) ?? null
  if (new Set(versions.map((v) => v.name)).size < versions.length)
    found.push(invalid('spec.versions', shown, 'must contain unique version names'))
  if (versions.filter((v) => v.storage).length !== 1)
    found.push(invalid('spec.versions', shown, 'must have exactly one version marked as storage version'))
  return found
}

/** What all versions have alike. */
function sharedErrors(versions: readonly CustomResourceDefinitionVersion[], hoisted: Hoisted): FieldError[] {
  const first = versions[0]
  const props = first?.schema?.openAPIV3Schema
  return [
    ...(hoisted.schema && props !== undefined ? schemaErrors(props, 'spec.validation.openAPIV3Schema', hasStatus(versions)) : []),
    ...(hoisted.subresources ? scaleErrors(first?.subresources, 'spec.subresources') : []),
    ...(hoisted.columns
      ? (first?.additionalPrinterColumns ?? []).flatMap((c, j) => columnErrors(c, `spec.additionalPrinterColumns[${j}]`))
      : []),
  ]
}

function mixedCase(name: string | undefined, path: string): FieldError[] {
  const wrong = name ? dns1035LabelErrors(name.toLowerCase()) : []
  return wrong.length === 0 ? [] : [invalid(path, name, `may have mixed case, but should otherwise match: ${wrong.join(',')}`)]
}

function nameErrors(names: CustomResourceDefinitionNames): FieldError[] {
  const path = 'spec.names'
  const found = (['plural', 'singular', 'kind', 'listKind'] as const).flatMap((f) => (names[f] ? [] : [required(`${path}.${f}`)]))
  const member = (name: string, at: string): void => {
    const wrong = dns1035LabelErrors(name ?? '')
    if (wrong.length > 0) found.push(invalid(at, name ?? '', wrong.join(',')))
  }
  const label = (name: string | undefined, at: string): void => {
    if (name) member(name, at)
  }
  label(names.plural, `${path}.plural`)
  label(names.singular, `${path}.singular`)
  found.push(...mixedCase(names.kind, `${path}.kind`), ...mixedCase(names.listKind, `${path}.listKind`))
  for (const [i, name] of (names.shortNames ?? []).entries()) member(name, `${path}.shortNames[${i}]`)
  if (names.kind !== '' && names.kind === names.listKind)
    found.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'))
  for (const [i, name] of (names.categories ?? []).entries()) member(name, `${path}.categories[${i}]`)
  return found
}

function conversionErrors({ spec }: CustomResourceDefinition): FieldError[] {
  const path = 'spec.conversion'
  const { strategy = '', webhook } = spec.conversion ?? {}
  if (strategy === '') return [required(`${path}.strategy`)]
  if (strategy === 'Webhook')
    return [
      ...(webhook?.clientConfig === undefined
        ? [required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')]
        : (webhook.clientConfig.url === undefined) === (webhook.clientConfig.service === undefined)
          ? [required(`${path}.webhookClientConfig`, 'exactly one of url or service is required')]
          : []),
      ...((webhook?.conversionReviewVersions?.length ?? 0) === 0 ? [required(`${path}.conversionReviewVersions`)] : []),
    ]
  return [
    ...(strategy === 'None' ? [] : [unsupported(`${path}.strategy`, strategy, ['None', 'Webhook'])]),
    ...(webhook?.clientConfig === undefined
      ? []
      : [forbidden(`${path}.webhookClientConfig`, 'should not be set when strategy is not set to Webhook')]),
    ...((webhook?.conversionReviewVersions?.length ?? 0) === 0
      ? []
      : [forbidden(`${path}.conversionReviewVersions`, 'should not be set when strategy is not set to Webhook')]),
  ]
}

const APPROVAL = 'api-approved.kubernetes.io'

/** Groups of the Kubernetes project need its word. */
function approvalErrors({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const guarded = /(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  const given = metadata.annotations?.[APPROVAL]
  const path = `metadata.annotations[${APPROVAL}]`
  if (!guarded) return []
  if (!given) return [required(path, `protected groups must have approval annotation "${APPROVAL}", ${see}`)]
  if (given.startsWith('unapproved') || /^https?:\/\/[^/]/.test(given)) return []
  const detail = `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${see}`
  return [invalid(path, given, detail)]
}

function storedVersionErrors(o: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions'
  const stored = o.status?.storedVersions ?? []
  if (stored.length === 0) return [invalid(path, o.status?.storedVersions ?? null, 'must have at least one stored version')]
  const known = new Set((o.spec.versions ?? []).map((v) => v.name))
  return stored.flatMap((name, i) =>
    known.has(name)
      ? []
      : [
          invalid(
            `${path}[${i}]`,
            name,
            'missing from spec.versions; %s was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in %s and removes %s from status.storedVersions'.replaceAll(
              '%s',
              name,
            ),
          ),
        ],
  )
}

export function validate(o: CustomResourceDefinition): FieldError[] {
  const { spec } = o
  const versions = spec.versions ?? []
  const hoisted = hoistedOf(versions)
  const name = `${spec.names.plural}.${spec.group}`
  const found: FieldError[] = []
  found.push(...dns1123SubdomainErrors(o.metadata.name).map((m) => invalid('metadata.name', o.metadata.name, m)))
  if (o.metadata.name !== name) found.push(invalid('metadata.name', o.metadata.name, 'must be spec.names.plural+"."+spec.group'))
  found.push(...groupErrors(spec.group), ...scopeErrors(spec.scope))
  if (spec.preserveUnknownFields === true)
    found.push(
      invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    )
  found.push(...versionErrors(spec.versions, hoisted), ...nameErrors(spec.names), ...sharedErrors(versions, hoisted))
  return [...found, ...conversionErrors(o), ...storedVersionErrors(o), ...approvalErrors(o)]
}

/** Names and scope of an established CRD stay as they are. */
export function validateUpdate(next: CustomResourceDefinition, previous: CustomResourceDefinition): FieldError[] {
  const established = previous.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') === true
  if (!established) return immutable(next.spec.group, previous.spec.group, 'spec.group')
  return [
    ...immutable(next.spec.scope, previous.spec.scope, 'spec.scope'),
    ...immutable(next.spec.names.kind, previous.spec.names.kind, 'spec.names.kind'),
    ...immutable(next.spec.group, previous.spec.group, 'spec.group'),
    ...immutable(next.spec.names.plural, previous.spec.names.plural, 'spec.names.plural'),
  ]
}
