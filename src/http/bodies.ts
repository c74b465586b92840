/**
 * Bodies of requests: read within a limit, decoded by their content type, refused in the API server's own words.
 */

import { duplicateFields } from '../api/decode-duplicates.ts'
import { ApiError, errors } from '../api/errors.ts'
import { JsonTextError, parseJsonText } from '../api/json-text.ts'
import type { PatchType } from '../apiserver/contract.ts'
import { type Document, jsonDocument, summary } from '../apiserver/json-document.ts'
import { parseYaml, YamlError } from '../kubectl/resources/yaml.ts'
import { ACCEPTED } from './media-types.ts'
import { decodeProtobuf, ProtobufError } from './protobuf/decode.ts'

/** apiserver's limit for request bodies. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

const tooLarge = (): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Request entity too large: limit is ${MAX_BODY_BYTES}`,
    reason: 'RequestEntityTooLarge',
    code: 413,
  })

/** All of a body; throws RequestEntityTooLarge without reading on. */
export async function readBody(stream: ReadableStream<Uint8Array> | null, announced: string | undefined): Promise<Buffer> {
  if (Number(announced ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  if (stream === null) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    length += value.byteLength
    if (length > MAX_BODY_BYTES) {
      void reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    chunks.push(value)
  }
}

const PATCHES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const BODIES = [...ACCEPTED, PROTOBUF]

const mediaType = (header: string | undefined): string => (header ?? '').split(';')[0]!.trim().toLowerCase()

/** The body of a create, update or delete. `kind` is what the path is about. Throws BadRequest or UnsupportedMediaType. */
export function decodeDocument(bytes: Buffer, contentType: string | undefined, kind: string): Document {
  const type = mediaType(contentType)
  if (type !== '' && !BODIES.includes(type)) {
    throw errors.unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${BODIES.join(', ')}`,
    )
  }
  if (type === PROTOBUF) return { body: protobufBody(bytes, kind), duplicates: [] }
  if (type !== 'application/yaml') return jsonDocument(bytes, kind)
  try {
    return { body: parseYaml(bytes.toString('utf8')) ?? {}, duplicates: [] }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw errors.badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${error.message} (${summary(bytes)})`,
    )
  }
}

function protobufBody(bytes: Buffer, kind: string): unknown {
  try {
    return decodeProtobuf(bytes)
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    throw errors.badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message} (${summary(bytes)})`)
  }
}

/** The body of a patch and which sort of patch it is. */
export function decodePatch(bytes: Buffer, contentType: string | undefined): Document & { readonly type: PatchType } {
  const type = PATCHES[mediaType(contentType)]
  if (type === undefined) throw unsupportedPatch()
  const text = bytes.toString('utf8')
  try {
    if (type === 'apply') return { type, body: parseYaml(text), duplicates: [] }
    return { type, body: parseJsonText(text), duplicates: duplicateFields(text) }
  } catch (error) {
    if (error instanceof YamlError) throw errors.badRequest(`error decoding YAML: ${error.message}`)
    if (error instanceof JsonTextError) throw errors.badRequest(error.message)
    throw error
  }
}

const unsupportedPatch = (): ApiError => {
  const { status } = errors.unsupportedMediaType('415: Unsupported Media Type')
  return new ApiError({ ...status, details: {} })
}
