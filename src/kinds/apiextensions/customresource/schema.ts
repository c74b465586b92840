/**
 * A CRD's OpenAPI schema as the Schema every kind has: with it custom resources are decoded, pruned, given defaults and explained.
 */

import { definition } from '../../../api/definitions.ts'
import type { JSONSchemaProps } from '../../../api/generated/types/apiextensions-v1.ts'
import type { Schema } from '../../../api/schema.ts'

export const itemsOf = (props: JSONSchemaProps): JSONSchemaProps | undefined =>
  typeof props.items === 'object' && props.items !== null && !Array.isArray(props.items) ? (props.items as JSONSchemaProps) : undefined

/** The schema of a map's values; undefined where none is given or anything goes. */
export const valuesOf = (props: JSONSchemaProps): JSONSchemaProps | undefined =>
  typeof props.additionalProperties === 'object' && props.additionalProperties !== null
    ? (props.additionalProperties as JSONSchemaProps)
    : undefined

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Keywords that mean the same in both. */
function simpleKeywords(props: JSONSchemaProps): Mutable<Schema> {
  const out: Mutable<Schema> = {}
  if (props['x-kubernetes-int-or-string'] === true) out.format = 'int-or-string'
  else if (props.type) out.type = props.type as NonNullable<Schema['type']>
  if (props.format && out.format === undefined) out.format = props.format
  if (props.description) out.description = props.description
  if (props.required) out.required = props.required
  if (props.enum) out.enum = props.enum
  if (props.default !== undefined) out.default = props.default
  const listType = props['x-kubernetes-list-type']
  if (listType) out.listType = listType as NonNullable<Schema['listType']>
  if (props['x-kubernetes-list-map-keys']) out.listMapKeys = props['x-kubernetes-list-map-keys']
  if (props['x-kubernetes-map-type']) out.mapType = props['x-kubernetes-map-type'] as NonNullable<Schema['mapType']>
  if (props['x-kubernetes-preserve-unknown-fields'] === true) out.preserveUnknown = true
  return out
}

export function schemaOf(props: JSONSchemaProps): Schema {
  const out = simpleKeywords(props)
  if (props.properties) out.properties = Object.fromEntries(Object.entries(props.properties).map(([k, v]) => [k, schemaOf(v)]))
  const values = valuesOf(props)
  if (values !== undefined) out.additionalProperties = schemaOf(values)
  else if (props.additionalProperties === true) out.additionalProperties = true
  const items = itemsOf(props)
  if (items !== undefined) out.items = schemaOf(items)
  if (props['x-kubernetes-embedded-resource'] === true) out.properties = { ...identityFields(), ...out.properties }
  return out
}

const identityFields = (): Record<string, Schema> => ({
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
})

/** The schema of whole objects: what every object has is there, whatever the CRD says of it. */
export function rootSchemaOf(props: JSONSchemaProps): Schema {
  const own = schemaOf(props)
  return { ...own, properties: { ...own.properties, ...identityFields() } }
}
