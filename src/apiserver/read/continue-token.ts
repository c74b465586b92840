/** The opaque tokens of paged lists, in upstream's own form: base64 of `{"v":"meta.k8s.io/v1","rv":…,"start":"…\u0000"}`. */
import { errors } from '../../api/errors.ts'

export interface ContinueToken {
  readonly revision: number
  /** Objects come after this key: `/name`, or `/namespace/name` for lists over all namespaces. */
  readonly after: string
}

const encodeText = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

export const encodeContinue = (token: ContinueToken): string =>
  encodeText(`{"v":"meta.k8s.io/v1","rv":${token.revision},"start":${JSON.stringify(`${token.after}\u0000`)}}`)

const refuse = (why: string): never => {
  throw errors.badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

/** Throws BadRequest for anything that is no token of ours. */
export function decodeContinue(text: string): ContinueToken {
  let parsed: unknown
  const json = Buffer.from(text, 'base64url').toString('latin1')
  try {
    parsed = JSON.parse(json)
  } catch {
    const first = json.charCodeAt(0)
    const shown = first >= 0x20 && first < 0x7f ? json[0]! : `\\x${first.toString(16).padStart(2, '0')}`
    return refuse(json === '' ? 'unexpected end of JSON input' : `invalid character '${shown}' looking for beginning of value`)
  }
  const { v, rv, start } = (parsed ?? {}) as { v?: unknown; rv?: unknown; start?: unknown }
  if (v !== 'meta.k8s.io/v1') return refuse(`server does not recognize this encoded version ${JSON.stringify(v)}`)
  if (typeof rv !== 'number' || typeof start !== 'string' || !start.startsWith('/'))
    return refuse('incorrect encoded start resourceVersion')
  return { revision: rv, after: start.endsWith('\u0000') ? start.slice(0, -1) : start }
}
