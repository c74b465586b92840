/**
 * The text of a request's JSON body as a document, refused in the API server's own words where it is none.
 */
import { duplicateFields } from '../api/decode-duplicates.ts'
import { errors } from '../api/errors.ts'
import { JsonTextError, parseJsonText } from '../api/json-text.ts'

export interface Document {
  readonly body: unknown
  /** Paths of fields that stand twice. */
  readonly duplicates: readonly string[]
}

/** As apiserver's summarizeData: the text of a JSON body, bytes of any other. */
export function summary(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>'
  const cut = bytes.length > 30 ? ' ...' : ''
  return `${bytes.subarray(0, 30).toString(bytes[0] === 0x7b ? 'utf8' : 'hex')}${cut}`
}

/** `kind` is what the path is about. Throws BadRequest. */
export function jsonDocument(bytes: Buffer, kind: string): Document {
  const text = bytes.toString('utf8')
  try {
    return { body: parseJsonText(text), duplicates: duplicateFields(text) }
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    throw errors.badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${error.message} (${summary(bytes)})`,
    )
  }
}
