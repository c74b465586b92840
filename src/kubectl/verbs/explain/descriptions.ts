/**
 * What the API says of its own types and fields. The build reads it from declared dependencies (scripts/api-descriptions.mjs) and sets it
 * into the program; run from sources, there is none.
 */
import { Buffer } from 'node:buffer'
import { inflateRawSync } from 'node:zlib'

/** Base64 of deflated JSON: texts by schema name, then by field ('' for the type itself). */
declare const API_DESCRIPTIONS: string | undefined

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>
let texts: Texts | undefined

function load(): Texts {
  const packed = typeof API_DESCRIPTIONS === 'undefined' ? '' : API_DESCRIPTIONS
  return packed === '' ? {} : (JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) as Texts)
}

/** The description of a named type, or of one of its fields; undefined where nothing is known. Unpacked when first asked for. */
export function descriptionOf(schemaName: string | undefined, field = ''): string | undefined {
  if (schemaName === undefined) return undefined
  texts ??= load()
  const own = texts[schemaName]
  return own !== undefined && Object.hasOwn(own, field) ? own[field] : undefined
}
