/** `http`: a real request through the simulated network, from the office PC or from a pod. */
import { z } from 'zod'
import { jsonPathText, jsonPathValues } from '../../api/jsonpath.ts'
import { duration, durationMs } from '../../levels/format/times.ts'
import type { DialResult, HttpReply, HttpRequest, Origin } from '../../network/contract.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { findPods, from, originOf, originOfPod } from './selection.ts'
import { describeExpectation, shorten, textExpectation, textProblem } from './texts.ts'

export const httpSpec = z.strictObject({
  from: from.optional(),
  url: z.string(),
  host: z.string().optional(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  timeout: duration.optional(),
  /** How often it must succeed in a row. */
  times: z.int().min(1).max(100).optional(),
  /** Asked from each of the pods that `from` names; there must be exactly so many. */
  each: z.int().min(1).max(50).optional(),
  /** A JSONPath into the answers, which must be there and the same in all of them. */
  same: z.string().optional(),
  expect: z
    .strictObject({
      status: z.union([z.int(), z.array(z.int())]).optional(),
      body: textExpectation.optional(),
      refusedOrTimeout: z.boolean().optional(),
    })
    .optional(),
})
export type HttpSpec = z.infer<typeof httpSpec>

export interface Url {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
}

export function parseUrl(text: string): Url | undefined {
  const m = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([/?][^#]*)?$/.exec(text)
  if (m === null) return undefined
  const scheme = m[1] as Url['scheme']
  return {
    scheme,
    host: m[2]!,
    port: m[3] ? Number(m[3]) : scheme === 'https' ? 443 : 80,
    path: m[4] === undefined ? '/' : m[4].startsWith('/') ? m[4] : `/${m[4]}`,
  }
}

export const fillNonce = (text: string, nonce: string): string => text.replaceAll('{{nonce}}', nonce)

/** A request that is ready to be sent, and the words that tell it from every other. */
interface Prepared {
  readonly name: string
  /** `turn` tells one from others that look the same, so that a balancer may choose anew. */
  send(turn: number): DialResult
}

/** The request, or why it cannot be sent. */
function prepare(spec: HttpSpec, context: CheckContext, origin: Origin | undefined): Prepared | string {
  const url = parseUrl(fillNonce(spec.url, context.nonce))
  if (url === undefined) return `${spec.url} is no URL`
  if (origin === undefined) return `there is no running pod to ask from`
  const host = spec.host ?? url.host
  const payload: HttpRequest = {
    method: spec.method ?? 'GET',
    path: url.path,
    host,
    headers: {
      'user-agent': 'Mozilla/5.0',
      ...Object.fromEntries(Object.entries(spec.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v])),
    },
    ...(spec.body !== undefined && { body: fillNonce(spec.body, context.nonce) }),
    ...(url.scheme === 'https' && { tls: { serverName: host, insecure: true } }),
  }
  const dial = { host: url.host, port: url.port, protocol: 'http' as const, payload, timeoutMs: durationMs(spec.timeout ?? '') ?? 10_000 }
  const { network } = context.session.world
  return { name: JSON.stringify([origin, dial]), send: (turn) => network.dial(origin, { ...dial, turn }) }
}

const defaultOrigin = (spec: HttpSpec, context: CheckContext): Origin | undefined =>
  originOf(context.session, spec.from ?? 'external', context.namespace)

/** One request. */
export function request(spec: HttpSpec, context: CheckContext, turn: number, origin = defaultOrigin(spec, context)): DialResult | string {
  const prepared = prepare(spec, context, origin)
  return typeof prepared === 'string' ? prepared : prepared.send(turn)
}

function judgeOne(spec: HttpSpec, result: DialResult, context: CheckContext): { ok: boolean; observed: string } {
  const expect = spec.expect ?? { status: 200 }
  if (!result.ok) {
    const closed =
      expect.refusedOrTimeout === true &&
      (result.failure === 'refused' || result.failure === 'timeout' || result.failure === 'dns-not-found' || result.failure === 'no-route')
    return { ok: closed, observed: result.message }
  }
  const reply = result.reply as HttpReply
  if (expect.refusedOrTimeout) return { ok: false, observed: `it answers with HTTP ${reply.status}` }
  const statuses = expect.status === undefined ? undefined : [expect.status].flat()
  if (statuses !== undefined && !statuses.includes(reply.status))
    return { ok: false, observed: `HTTP ${reply.status} ${shorten(reply.body, 80)}` }
  if (expect.body !== undefined) {
    const problem = textProblem(expect.body, reply.body, (t) => fillNonce(t, context.nonce))
    if (problem !== '') return { ok: false, observed: `HTTP ${reply.status}, but the page ${problem}` }
  }
  return { ok: true, observed: `HTTP ${reply.status}` }
}

const describe = (spec: HttpSpec): string => {
  const { expect = { status: 200 } } = spec
  if (expect.refusedOrTimeout) return `no answer from ${spec.url}`
  const body = expect.body === undefined ? '' : ` with ${describeExpectation(expect.body)}`
  const asked =
    spec.each === undefined
      ? ''
      : `, asked from each of ${spec.each} pods${spec.same === undefined ? '' : `, with one and the same ${spec.same}`}`
  return `${expect.status === undefined ? 'an answer' : `HTTP ${[expect.status].flat().join(' or ')}`} from ${spec.host ?? spec.url}${body}${spec.times ? `, ${spec.times} times in a row` : ''}${asked}`
}

/** The value in an answer that is to be the same everywhere; '' when there is none. */
function valueAt(body: string, path: string): string {
  try {
    return jsonPathValues(JSON.parse(body), path).map(jsonPathText).join(' ')
  } catch {
    return ''
  }
}

/** Asks from every pod; all answers must be right, and agree where they are to. */
function judgeEach(
  spec: HttpSpec,
  where: Exclude<HttpSpec['from'], 'external' | undefined>,
  context: CheckContext,
  expected: string,
): Verdict {
  const pods = findPods(context.session, where, context.namespace)
  if (pods.length !== spec.each) return { ok: false, expected, observed: `there are ${pods.length} such running pods` }
  const values = new Map<string, string>()
  for (const [turn, pod] of pods.entries()) {
    const origin: Origin = originOfPod(pod)
    const result = request(spec, context, turn, origin)
    if (typeof result === 'string') return { ok: false, expected, observed: result }
    const one = judgeOne(spec, result, context)
    if (!one.ok) return { ok: false, expected, observed: `${pod.metadata.name}: ${one.observed}` }
    if (spec.same === undefined || !result.ok) continue
    const value = valueAt((result.reply as HttpReply).body, spec.same)
    if (value === '') return { ok: false, expected, observed: `${pod.metadata.name}: there is no ${spec.same} in the answer` }
    values.set(value, pod.metadata.name)
  }
  if (values.size > 1)
    return { ok: false, expected, observed: [...values].map(([value, name]) => `${name}: ${shorten(value, 40)}`).join(', ') }
  return { ok: true, expected, observed: 'all agree' }
}

/** Sends a request that only reads; what took the same way before, where nothing has changed since, is answered by that. */
function reading({ name, send }: Prepared, context: CheckContext): (turn: number) => DialResult {
  const answers = context.answers(name)
  const { network } = context.session.world
  return (turn) => answers.of(turn, (t) => network.quietly(() => send(t)))
}

export function judgeHttp(spec: HttpSpec, context: CheckContext): Verdict {
  const expected = describe(spec)
  if (spec.each !== undefined && typeof spec.from === 'object') return judgeEach(spec, spec.from, context, expected)
  const prepared = prepare(spec, context, defaultOrigin(spec, context))
  if (typeof prepared === 'string') return { ok: false, expected, observed: prepared }
  const times = spec.times ?? 1
  const ask = (spec.method ?? 'GET') === 'GET' ? reading(prepared, context) : prepared.send
  let observed = ''
  for (let turn = 0; turn < times; turn++) {
    const result = ask(turn)
    const one = judgeOne(spec, result, context)
    observed = one.observed
    if (!one.ok) return { ok: false, expected, observed: times > 1 ? `${observed} (request ${turn + 1} of ${times})` : observed }
  }
  return { ok: true, expected, observed }
}

export const httpCheck: CheckDefinition<HttpSpec> = { kind: 'http', schema: httpSpec, when: 'second', evaluate: judgeHttp }
