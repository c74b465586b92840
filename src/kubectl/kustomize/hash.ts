/**
 * The hash suffix of generated ConfigMaps and Secrets (kustomize's api/hasher, kubectl's `--append-hash`): SHA-256 over a canonical JSON form,
 * ten hexadecimal digits, letters exchanged so that no words appear.
 */

import type { ApiObject } from '../../api/meta.ts'
import { sha256 } from '../../lib/hash.ts'
import { bytesFromText } from '../../script/bytes.ts'
import { toJson } from '../printers/json.ts'

const exchanged: Record<string, string> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

function encoded(text: string): string {
  const digest = sha256(bytesFromText(text))
  return [...digest.slice(0, 10)].map((char) => exchanged[char] ?? char).join('')
}

/** What is hashed: kind, name, type and data. */
function canonical(object: ApiObject): string {
  const name = object.metadata.name ?? ''
  if (object.kind === 'Secret') {
    const fields: Record<string, unknown> = { data: object.data ?? '', kind: 'Secret', name, type: object.type ?? '' }
    if (object.stringData !== undefined) fields.stringData = object.stringData
    return toJson(fields)
  }
  const fields: Record<string, unknown> = { data: object.data ?? '', kind: object.kind, name }
  if (object.binaryData !== undefined) fields.binaryData = object.binaryData
  return toJson(fields)
}

/** Ten characters. */
export const hashOf = (object: ApiObject): string => encoded(canonical(object))

/** `settings-747dfcb89d`. */
export const hashedName = (object: ApiObject): string => `${object.metadata.name}-${hashOf(object)}`
