/**
 * The record of a kind that a CustomResourceDefinition defines: the same that built-in kinds write down, made at run time.
 */
import { type FieldError, invalid } from '../../../api/errors.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  JSONSchemaProps,
} from '../../../api/generated/types/apiextensions-v1.ts'
import type { KindDefinition, StoredAs, Subresources } from '../../../api/kind.ts'
import { type ApiObject, apiVersionOf } from '../../../api/meta.ts'
import { compareVersions } from '../../../api/registry.ts'
import { celErrors, hasRules } from './cel-errors.ts'
import { columnsOf } from './columns.ts'
import { findPath, parseSimplePath } from './json-path.ts'
import { rootSchemaOf } from './schema.ts'
import { valueErrors } from './value-errors.ts'

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const blocking = new Set<FieldError['type']>(['NotSupported', 'Required', 'TooLong', 'TooMany', 'TypeInvalid'])
const uncheckedRules = invalid(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)

/** metadata is checked as every object's is, whatever the schema says of it. */
const withoutMetadata = (props: JSONSchemaProps): JSONSchemaProps => {
  const { metadata: _metadata, ...properties } = props.properties ?? {}
  return { ...props, properties }
}

function validator(props: JSONSchemaProps): (next: ApiObject, old: ApiObject | undefined) => FieldError[] {
  const own = withoutMetadata(props)
  const ruled = hasRules(props)
  return (next, old) => {
    const found = valueErrors(next, own, '')
    if (found.some((e) => blocking.has(e.type))) return [...found, uncheckedRules]
    return ruled ? [...found, ...celErrors(next, old, props, '')] : found
  }
}

function scaleOf(scale: CustomResourceSubresourceScale): NonNullable<Subresources['scale']> {
  const selector = scale.labelSelectorPath === undefined ? undefined : parseSimplePath(scale.labelSelectorPath)
  return {
    specReplicas: scale.specReplicasPath.replace(/^\./, ''),
    statusReplicas: scale.statusReplicasPath.replace(/^\./, ''),
    ...(selector && { selector: (o) => String(findPath(o, selector)[0] ?? '') }),
  }
}

function selectorsOf(version: CustomResourceDefinitionVersion): KindDefinition['fieldSelectors'] {
  const fields = version.selectableFields ?? []
  if (fields.length === 0) return undefined
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const steps = parseSimplePath(jsonPath) ?? []
      return [jsonPath.replace(/^\./, ''), (o: ApiObject) => String(findPath(o, steps)[0] ?? '')]
    }),
  )
}

/** Versions other than the stored one are the same object under another apiVersion (conversion strategy None). */
function storedAs(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): StoredAs | undefined {
  const storage = crd.spec.versions.find((v) => v.storage)
  if (storage === undefined || storage.name === version.name) return undefined
  const { group, names } = crd.spec
  const as = (name: string) => (o: ApiObject) => ({ ...o, apiVersion: apiVersionOf(group, name) })
  return { group, version: storage.name, kind: names.kind, toStored: as(storage.name), fromStored: as(version.name) }
}

const preserving: JSONSchemaProps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** Upstream's default: what to use instead is the newest served version that is newer than this one. */
function deprecationText({ spec: { group, names, versions } }: CustomResourceDefinition, name: string): string {
  const text = `${group}/${name} ${names.kind} is deprecated`
  const better = versions.filter((v) => v.served && v.deprecated !== true && compareVersions(v.name, name) < 0).map((v) => v.name)
  better.sort(compareVersions)
  return better.length === 0 ? text : `${text}; use ${group}/${better[0]} ${names.kind}`
}

/** The record of one version of the kind. A CRD whose schema is gone keeps all fields. */
export function kindFromCrd(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): KindDefinition {
  const { group, names, scope } = crd.spec
  const props = version.schema?.openAPIV3Schema ?? preserving
  const check = validator(props)
  const { status, scale } = version.subresources ?? {}
  const stored = storedAs(crd, version)
  const fieldSelectors = selectorsOf(version)
  const deprecation = version.deprecated === true ? (version.deprecationWarning ?? deprecationText(crd, version.name)) : undefined
  return {
    group,
    version: version.name,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    schema: rootSchemaOf(props),
    generation: true,
    anyFinalizer: true,
    ...(status && {
      prepareForCreate: (o: ApiObject) => {
        delete o['status']
      },
    }),
    // Rules that compare with the old object run in `validateUpdate`; the others would be told twice, so only they are told there.
    validate: (o) => check(o, undefined),
    validateUpdate: (next, previous) => check(next, previous).filter((e) => !check(next, undefined).some((f) => sameError(e, f))),
    validateStatusUpdate: (next, previous) => check(next, previous),
    ...(deprecation !== undefined && { deprecation }),
    ...(fieldSelectors && { fieldSelectors }),
    ...(stored && { storedAs: stored }),
    subresources: { status: status !== undefined, ...(scale && { scale: scaleOf(scale) }) },
    columns: columnsOf(version.additionalPrinterColumns),
    ...(scale && { capabilities: { autoscalable: true } }),
  }
}

const sameError = (a: FieldError, b: FieldError): boolean => a.type === b.type && a.field === b.field && a.detail === b.detail
