/**
 * What the API refuses in a CustomResourceDefinition, in the order and words of upstream's ValidateCustomResourceDefinition. What all
 * versions have alike stands once at the top of upstream's internal type, so errors name it there (`spec.validation`,
 * `spec.additionalPrinterColumns`).
 */
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '../../../api/generated/types/apiextensions-v1.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../../api/names.ts'
import { unsupported } from '../../core/field-checks.ts'
import { immutable, same } from '../../fields/same.ts'
import { parseSimplePath } from '../customresource/json-path.ts'
import { schemaErrors } from './structural.ts'

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']

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

function columnErrors(column: CustomResourceColumnDefinition, path: string): FieldError[] {
  const found: FieldError[] = []
  const oneOf = `must be one of ${columnTypes.join(',')}`
  if (!column.name) found.push(required(`${path}.name`))
  if (!column.type) found.push(required(`${path}.type`, oneOf))
  else if (!columnTypes.includes(column.type)) found.push(invalid(`${path}.type`, column.type, oneOf))
  if (!column.jsonPath) found.push(required(`${path}.jsonPath`))
  else if (parseSimplePath(column.jsonPath) === undefined)
    found.push(invalid(`${path}.jsonPath`, column.jsonPath, `is an invalid path: must start with a dot or an opening bracket`))
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

function versionErrors(versions: readonly CustomResourceDefinitionVersion[], hoisted: Hoisted): FieldError[] {
  const found: FieldError[] = []
  for (const [i, v] of versions.entries()) {
    const wrong = dns1035LabelErrors(v.name)
    if (wrong.length > 0) found.push(invalid(`spec.versions[${i}].name`, v.name, wrong.join(',')))
  }
  const shown = versions.map((v) => goVersion(v, hoisted))
  if (new Set(versions.map((v) => v.name)).size < versions.length)
    found.push(invalid('spec.versions', shown, 'must contain unique version names'))
  if (versions.filter((v) => v.storage).length !== 1)
    found.push(invalid('spec.versions', shown, 'must have exactly one version marked as storage version'))
  return found
}

function contentErrors(versions: readonly CustomResourceDefinitionVersion[], hoisted: Hoisted): FieldError[] {
  const found: FieldError[] = []
  for (const [i, v] of versions.entries()) {
    const at = `spec.versions[${i}]`
    const props = v.schema?.openAPIV3Schema
    if (props === undefined) found.push(required(`${at}.schema.openAPIV3Schema`))
    else if (!hoisted.schema) found.push(...schemaErrors(props, `${at}.schema.openAPIV3Schema`))
    else if (i === 0) found.push(...schemaErrors(props, 'spec.validation.openAPIV3Schema'))
    const columns = v.additionalPrinterColumns ?? []
    if (!hoisted.columns) found.push(...columns.flatMap((c, j) => columnErrors(c, `${at}.additionalPrinterColumns[${j}]`)))
    else if (i === 0) found.push(...columns.flatMap((c, j) => columnErrors(c, `spec.additionalPrinterColumns[${j}]`)))
  }
  return found
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
  found.push(...versionErrors(versions, hoisted), ...nameErrors(spec.names), ...contentErrors(versions, hoisted))
  const strategy = spec.conversion?.strategy ?? ''
  if (strategy !== 'None' && strategy !== 'Webhook') found.push(unsupported('spec.conversion.strategy', strategy, ['None', 'Webhook']))
  return [...found, ...storedVersionErrors(o)]
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
