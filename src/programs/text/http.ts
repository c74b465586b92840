/** Answers of small HTTP servers. */
import type { HttpReply } from '../../network/contract.ts'

/** A plain-text answer. */
export const plainText = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), ...headers },
  body,
})
