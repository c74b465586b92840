/**
 * ConfigMap (core/v1): keys, size, and `immutable`.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, forbidden, invalid, tooLong } from '../../../api/errors.ts'
import type { ConfigMap } from '../../../api/generated/types/core-v1.ts'
import { byteLength, configMapKeyErrors } from '../../../api/names.ts'
import { same } from '../../fields/same.ts'
import { base64Length } from '../base64.ts'
import { checked, sortedKeys } from '../field-checks.ts'
import { describeConfigMap } from './describe.ts'

/** What ConfigMaps and Secrets may hold together, in bytes. */
export const MAX_DATA_BYTES = 1024 * 1024
const IMMUTABLE = 'field is immutable when `immutable` is set'

function validate(config: ConfigMap): FieldError[] {
  const found: FieldError[] = []
  let bytes = 0
  for (const key of sortedKeys(config.data)) {
    found.push(...checked(`data[${key}]`, key, configMapKeyErrors(key)))
    if (config.binaryData?.[key] !== undefined) found.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    bytes += byteLength(config.data![key]!)
  }
  for (const key of sortedKeys(config.binaryData)) {
    found.push(...checked(`binaryData[${key}]`, key, configMapKeyErrors(key)))
    bytes += base64Length(config.binaryData![key]!)
  }
  if (bytes > MAX_DATA_BYTES) found.push(tooLong('', undefined, MAX_DATA_BYTES))
  return found
}

function validateUpdate(next: ConfigMap, previous: ConfigMap): FieldError[] {
  if (!previous.immutable) return []
  const found: FieldError[] = []
  if (!next.immutable) found.push(forbidden('immutable', IMMUTABLE))
  if (!same(next.data ?? {}, previous.data ?? {})) found.push(forbidden('data', IMMUTABLE))
  if (!same(next.binaryData ?? {}, previous.binaryData ?? {})) found.push(forbidden('binaryData', IMMUTABLE))
  return found
}

export const configMap = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  validate,
  validateUpdate,
  describe: describeConfigMap,
  cells: { Data: (c) => Object.keys(c.data ?? {}).length + Object.keys(c.binaryData ?? {}).length },
})
