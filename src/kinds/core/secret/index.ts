/**
 * Secret (core/v1): stringData folded into data, the keys that each built-in type asks for, `immutable`.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, forbidden, invalid, required, tooLong } from '../../../api/errors.ts'
import type { Secret } from '../../../api/generated/types/core-v1.ts'
import { JsonTextError, parseJsonText } from '../../../api/json-text.ts'
import { configMapKeyErrors } from '../../../api/names.ts'
import { same } from '../../fields/same.ts'
import { base64Length, decodeText, encodeText } from '../base64.ts'
import { MAX_DATA_BYTES } from '../configmap/index.ts'
import { checked, sortedKeys } from '../field-checks.ts'
import { describeSecret } from './describe.ts'
import { tlsWarnings } from './tls.ts'

const IMMUTABLE = 'field is immutable when `immutable` is set'

function setDefaults(secret: Secret): void {
  if (!secret.type) secret.type = 'Opaque'
  if (secret.stringData) {
    secret.data ??= {}
    for (const [key, text] of Object.entries(secret.stringData)) secret.data[key] = encodeText(text)
    delete secret.stringData
  }
}

const needs =
  (...keys: string[]) =>
  (secret: Secret): FieldError[] =>
    keys.flatMap((key) => (secret.data?.[key] === undefined ? [required(`data[${key}]`)] : []))

/** What Go's decoder says of a text that is no JSON. */
function jsonError(text: string): string | undefined {
  try {
    parseJsonText(text)
    return undefined
  } catch (e) {
    if (e instanceof JsonTextError) return e.message
    throw e
  }
}

const dockerConfig =
  (key: string) =>
  (secret: Secret): FieldError[] => {
    const data = secret.data?.[key]
    if (data === undefined) return [required(`data[${key}]`)]
    const wrong = jsonError(decodeText(data))
    return wrong === undefined ? [] : [invalid(`data[${key}]`, '<secret contents redacted>', wrong)]
  }

const typeRules: Readonly<Record<string, (secret: Secret) => FieldError[]>> = {
  'kubernetes.io/service-account-token': (secret) =>
    secret.metadata.annotations?.['kubernetes.io/service-account.name']
      ? []
      : [required('metadata.annotations[kubernetes.io/service-account.name]')],
  'kubernetes.io/dockercfg': dockerConfig('.dockercfg'),
  'kubernetes.io/dockerconfigjson': dockerConfig('.dockerconfigjson'),
  'kubernetes.io/basic-auth': (secret) =>
    secret.data?.['username'] === undefined && secret.data?.['password'] === undefined ? needs('username', 'password')(secret) : [],
  'kubernetes.io/ssh-auth': needs('ssh-privatekey'),
  'kubernetes.io/tls': needs('tls.crt', 'tls.key'),
}

function validate(secret: Secret): FieldError[] {
  const found: FieldError[] = []
  let bytes = 0
  for (const key of sortedKeys(secret.data)) {
    found.push(...checked(`data[${key}]`, key, configMapKeyErrors(key)))
    bytes += base64Length(secret.data![key]!)
  }
  if (bytes > MAX_DATA_BYTES) found.push(tooLong('data', undefined, MAX_DATA_BYTES))
  return [...found, ...(typeRules[secret.type ?? '']?.(secret) ?? [])]
}

function validateUpdate(next: Secret, previous: Secret): FieldError[] {
  const found: FieldError[] = next.type === previous.type ? [] : [invalid('type', next.type, 'field is immutable')]
  if (!previous.immutable) return found
  if (!next.immutable) found.push(forbidden('immutable', IMMUTABLE))
  if (!same(next.data ?? {}, previous.data ?? {})) found.push(forbidden('data', IMMUTABLE))
  return found
}

export const secret = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  setDefaults,
  validate,
  validateUpdate,
  warnings: tlsWarnings,
  fieldSelectors: { type: (s) => s.type ?? '' },
  describe: describeSecret,
  cells: { Type: (s) => s.type ?? '', Data: (s) => Object.keys(s.data ?? {}).length },
})
