/**
 * What a real API server answered to 80 requests sent one after another (facts.json), asked of ours: status, headers, bodies.
 * Drawn names, uids, revisions and times are normalised; where ours differs on purpose the row says why.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../../src/http/serve.ts'
import { openServed, type Reply, send } from './client.ts'
import facts from './facts.json' with { type: 'json' }

interface Fact {
  readonly request: { readonly method: string; readonly path: string; readonly accept: string; readonly contentType?: string; readonly user: string; readonly body?: unknown }
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly response: unknown
}

let served: Served
let errors: unknown[]
beforeAll(async () => {
  ;({ served, errors } = await openServed())
})
afterAll(() => served.close())

const tokens: Readonly<Record<string, string | undefined>> = { admin: 'admin-token', dev: 'dev-token', wrong: 'no-such-token', anonymous: undefined }

/** What the real answers called things, and what ours do: uids, generated names, revisions, continue tokens. */
const ours = new Map<string, string>()
function learn(real: unknown, mine: unknown): void {
  if (typeof real === 'string' && typeof mine === 'string') {
    if (real !== mine && real !== '') ours.set(real, mine)
    return
  }
  if (typeof real !== 'object' || real === null || typeof mine !== 'object' || mine === null) return
  for (const key of Object.keys(real)) {
    const [a, b] = [(real as Record<string, unknown>)[key], (mine as Record<string, unknown>)[key]]
    if (['uid', 'resourceVersion', 'continue'].includes(key) || (key === 'name' && /^g-/.test(String(a)))) learn(a, b)
    else if (key !== 'name' && typeof a === 'object') learn(a, b)
  }
}
const inOurWords = (text: string): string => [...ours].reduce((t, [real, mine]) => (real.length < 4 ? t : t.replaceAll(real, mine)), text)

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/
function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((v) => normal(v))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([k, v]) => [k, normal(v, k)] as const)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  if (key === 'uid' || key === 'resourceVersion' || key === 'continue') return `<${key}>`
  if (typeof value !== 'string') return value
  if (TIME.test(value)) return '<time>'
  return value.replace(/^g-[a-z0-9]{5}$/, 'g-<drawn>').replace(/kube-api-access-[a-z0-9]{5}/, 'kube-api-access-<drawn>')
}

const bodyOf = (reply: Reply, watch: boolean): unknown => {
  if (watch) return reply.text.trim().split('\n').map((line) => JSON.parse(line))
  try {
    return JSON.parse(reply.text)
  } catch {
    return reply.text
  }
}

const rows = (facts.facts as Fact[]).map((fact, i) => ({ i, fact, title: `${i} ${fact.request.method} ${fact.request.path} as ${fact.request.user}` }))

test.each(rows)('$title', async ({ fact }) => {
  const { method, path, accept, contentType, user, body } = fact.request
  const sent = body === undefined ? undefined : inOurWords(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { accept, ...(contentType && { 'content-type': contentType }) }
  const reply = await send(served, { method, path: inOurWords(path), token: tokens[user], headers, body: sent })
  const got = bodyOf(reply, path.includes('watch=1'))
  expect({ status: reply.status, body: normal(got) }).toEqual({ status: fact.status, body: normal(fact.response) })
  for (const [name, value] of Object.entries(fact.headers)) expect(reply.headers[name.toLowerCase()]).toBe(value)
  learn(fact.response, got)
})

test('nothing broke on the way', () => {
  expect(errors).toEqual([])
})
