/**
 * What a real API server answered to 80 requests sent one after another (facts.json), asked of ours: status, headers, bodies.
 * Drawn names, uids, revisions and times are normalised; where ours differs on purpose the row says why.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../../src/http/serve.ts'
import type { Session } from '../../src/session/session.ts'
import { openServed, type Reply, send } from './client.ts'
import facts from './facts.json' with { type: 'json' }

interface Fact {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly accept: string
    readonly contentType?: string
    readonly user: string
    readonly body?: unknown
  }
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly response: unknown
}

let served: Served
let session: Session
let errors: unknown[]
beforeAll(async () => {
  ;({ served, session, errors } = await openServed())
})
afterAll(() => served.close())

const tokens: Readonly<Record<string, string | undefined>> = {
  admin: 'admin-token',
  dev: 'dev-token',
  wrong: 'no-such-token',
  anonymous: undefined,
}

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
    // Who of the cluster's own parts set a field is not kept: the API tracks the fields of its callers.
    if (key === 'metadata' && 'managedFields' in value) {
      const kept = (value.managedFields as { manager: string }[]).filter((f) => ['facts', 'me'].includes(f.manager))
      const { managedFields: _all, ...rest } = value
      return normal(kept.length === 0 ? rest : { ...rest, 'managed fields': kept })
    }
    const entries = Object.entries(value).map(([k, v]) => [k, normal(v, k)] as const)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  if (key === 'uid' || key === 'resourceVersion' || key === 'continue') return `<${key}>`
  if (typeof value !== 'string') return value
  if (TIME.test(value)) return '<time>'
  const text = value
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uid) => (/^[0-]+$/.test(uid) ? uid : '<uid>'))
    .replace(/current: \d+/, 'current: <revision>')
  if (text.startsWith('-----BEGIN')) return '<certificate>'
  return text.replace(/^g-[a-z0-9]{5}$/, 'g-<drawn>').replace(/kube-api-access-[a-z0-9]{5}/, 'kube-api-access-<drawn>')
}

const bodyOf = (reply: Reply, watch: boolean): unknown => {
  if (watch)
    return reply.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  try {
    return JSON.parse(reply.text)
  } catch {
    return reply.text
  }
}

const rows = (facts.facts as unknown as Fact[]).map((fact, i) => ({
  i,
  fact,
  title: `${i} ${fact.request.method} ${fact.request.path} as ${fact.request.user}`,
}))

/** Facts that ours differs from: why, and what is left out of both before they are compared. */
const DIFFERENCES: Readonly<Record<number, readonly [reason: string, ...paths: string[]]>> = {
  0: ['gitCommit is of the build that was recorded', 'gitCommit'],
  6: ['the proxies to nodes, pods and services are not simulated'],
  7: ['documents of paths that are no API version, or hold reviews only, describe nothing that is stored; hashes are of the contents'],
  28: ['its age, by the clock', 'rows.0.cells.2'],
  52: ['when and where the pod came to run', 'rows.0.cells'],
  53: ['what nginx logs is its own matter', ''],
  55: ['the kubelet does not report which user a container runs as, nor its resources', 'status'],
  60: ['controllers act at once, the real ones had not yet', 'status.replicas'],
  61: ['controllers act at once, the real ones had not yet', 'status.replicas'],
  63: ['as 55', 'status'],
  66: ['controllers act at once, the real ones had not yet; entries of field managers come in another order', 'metadata', 'status'],
  68: ['what is answered and never stored has no managed fields', 'metadata'],
  71: ['our log goes back to the beginning: nothing is too old', ''],
  3: ['the address is of the server that was asked', 'serverAddressByClientCIDRs.0.serverAddress'],
}
function without(body: unknown, path: string): void {
  const keys = path.split('.')
  let at = body as Record<string, unknown>
  for (const key of keys.slice(0, -1)) at = (at?.[key] ?? {}) as Record<string, unknown>
  delete at[keys.at(-1)!]
}
interface Discovery {
  items: { versions: { resources: { resource: string; subresources?: { subresource: string }[] }[] }[] }[]
}
/** What cannot be left out by a path. */
const ADJUSTMENTS: Readonly<Record<number, (body: never) => unknown>> = {
  6: (body: Discovery) => {
    for (const { resources } of body.items.flatMap((i) => i.versions)) {
      for (const r of resources) {
        const kept = r.subresources?.filter((s) => s.subresource !== 'proxy')
        if (kept?.length) r.subresources = kept
        else delete r.subresources
      }
    }
    return body
  },
  7: (body: { paths: object }) =>
    Object.keys(body.paths)
      .filter((p) => /^(api|apis\/[^/]+)\/[^/]+$/.test(p) && !/auth(entic|oriz)ation/.test(p.replace('rbac.authorization', '')))
      .sort(),
}
function compared(body: unknown, i: number): unknown {
  const adjust = ADJUSTMENTS[i]
  if (adjust !== undefined) return normal(adjust(structuredClone(body) as never))
  if (DIFFERENCES[i]?.[1] === '') return undefined
  const copy = structuredClone(body)
  for (const path of DIFFERENCES[i]?.slice(1) ?? []) without(copy, path)
  return normal(copy)
}

/** Requests before which time passed when the facts were recorded. */
const PAUSES: Readonly<Record<number, number>> = { 52: 5_000 }

test.each(rows)('$title', async ({ fact, i }) => {
  session.advance(PAUSES[i] ?? 0)
  const { method, path, accept, contentType, user, body } = fact.request
  const sent = body === undefined ? undefined : inOurWords(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = { accept, ...(contentType && { 'content-type': contentType }) }
  const reply = await send(served, { method, path: inOurWords(path), token: tokens[user], headers, body: sent })
  const got = bodyOf(reply, path.includes('watch=1'))
  expect({ status: reply.status, body: compared(got, i) }).toEqual({ status: fact.status, body: compared(fact.response, i) })
  for (const [name, value] of Object.entries(fact.headers)) expect(reply.headers[name.toLowerCase()]).toBe(value)
  learn(fact.response, got)
})

test('nothing broke on the way', () => {
  expect(errors).toEqual([])
})
