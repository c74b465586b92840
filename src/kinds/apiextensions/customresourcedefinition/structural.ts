/**
 * Whether a CRD's schema is structural: every node says its type, and nothing contradicts itself (upstream's structural-schema
 * validation); its defaults fit, its patterns and rules can be read.
 */
import { type FieldError, fieldErrorBody, forbidden, invalid, required } from '../../../api/errors.ts'
import type { JSONSchemaProps } from '../../../api/generated/types/apiextensions-v1.ts'
import { compilationFailure } from '../../cel/compilation.ts'
import { celRule } from '../../cel/rule.ts'
import { unsupported } from '../../core/field-checks.ts'
import { patternError } from '../customresource/pattern.ts'
import { itemsOf, valuesOf } from '../customresource/schema.ts'
import { valueErrors } from '../customresource/value-errors.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
type Place = 'root' | 'field' | 'item'

const emptyType: Readonly<Record<Place, string>> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
}

function typeErrors(props: JSONSchemaProps, place: Place, path: string): FieldError[] {
  const anything = props['x-kubernetes-int-or-string'] === true || props['x-kubernetes-preserve-unknown-fields'] === true
  if (!props.type) return anything && place !== 'root' ? [] : [required(`${path}.type`, emptyType[place])]
  if (place === 'root' && props.type !== 'object') return [invalid(`${path}.type`, props.type, 'must be object at the root')]
  return types.includes(props.type) ? [] : [unsupported(`${path}.type`, props.type, types)]
}

function shapeErrors(props: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  if (props.type === 'array' && itemsOf(props) === undefined) found.push(required(`${path}.items`, 'must be specified'))
  if (props.properties !== undefined && valuesOf(props) !== undefined)
    found.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  if (props.uniqueItems === true)
    found.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  if (props.$ref !== undefined) found.push(forbidden(`${path}.$ref`, '$ref is not supported'))
  const listType = props['x-kubernetes-list-type']
  if (listType !== undefined && props.type !== 'array')
    found.push(invalid(`${path}.type`, props.type ?? '', 'must be array if x-kubernetes-list-type is specified'))
  if (listType === 'map' && (props['x-kubernetes-list-map-keys']?.length ?? 0) === 0)
    found.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  if (props.pattern !== undefined) {
    const wrong = patternError(props.pattern)
    if (wrong !== undefined)
      found.push(invalid(`${path}.pattern`, props.pattern, `must be a valid regular expression, but isn't: ${wrong}`))
  }
  return found
}

function ruleErrors(props: JSONSchemaProps, path: string): FieldError[] {
  return (props['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`
    if (!rule.rule?.trim()) return [required(`${at}.rule`, 'rule is not specified')]
    const compiled = celRule(rule.rule)
    return compiled instanceof Error ? [invalid(`${at}.rule`, rule.rule, compilationFailure(rule.rule, compiled))] : []
  })
}

function defaultErrors(props: JSONSchemaProps, path: string): FieldError[] {
  if (props.default === undefined) return []
  return valueErrors(props.default, props, '').map((e) => invalid(`${path}.default`, props.default, fieldErrorBody(e)))
}

function childErrors(props: JSONSchemaProps, path: string): FieldError[] {
  const found = Object.entries(props.properties ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, child]) => nodeErrors(child, 'field', `${path}.properties[${name}]`))
  const items = itemsOf(props)
  if (items !== undefined) found.push(...nodeErrors(items, 'item', `${path}.items`))
  const values = valuesOf(props)
  return values === undefined ? found : [...found, ...nodeErrors(values, 'field', `${path}.additionalProperties`)]
}

function nodeErrors(props: JSONSchemaProps, place: Place, path: string): FieldError[] {
  return [
    ...typeErrors(props, place, path),
    ...shapeErrors(props, path),
    ...defaultErrors(props, path),
    ...ruleErrors(props, path),
    ...childErrors(props, path),
  ]
}

/** Everything wrong with the schema at `path`. */
export const schemaErrors = (props: JSONSchemaProps, path: string): FieldError[] => nodeErrors(props, 'root', path)
