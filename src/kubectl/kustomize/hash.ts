/**
 * The hash suffix of generated ConfigMaps and Secrets (kustomize's api/hasher, kubectl's `--append-hash`): SHA-256 over a canonical JSON form,
 * ten hexadecimal digits, some exchanged so that no words appear.
 */
import type { ApiObject } from '../../api/meta.ts'
import { sha256 } from '../../lib/hash.ts'
import { bytesFromText } from '../../script/bytes.ts'
import { toJson } from '../printers/json.ts'

const exchanged: Record<string, string> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' }

/** Ten characters for the object's data under this name; kustomize hashes with an empty name, kubectl with the object's own. */
export function hashOf(object: ApiObject, name: string): string {
  const fields: Record<string, unknown> = { data: object.data ?? '', kind: object.kind, name }
  if (object.kind === 'Secret') fields.type = object.type ?? ''
  if (object.stringData !== undefined) fields.stringData = object.stringData
  if (object.binaryData !== undefined) fields.binaryData = object.binaryData
  const digest = sha256(bytesFromText(toJson(fields)))
  return [...digest.slice(0, 10)].map((char) => exchanged[char] ?? char).join('')
}

/** `settings-747dfcb89d`, as `create --append-hash` names it. */
export const hashedName = (object: ApiObject): string => `${object.metadata.name}-${hashOf(object, object.metadata.name)}`
