/** `dns` and `tcp`: what a name resolves to, whether a port answers, as seen from somewhere. */
import { z } from 'zod'
import { duration, durationMs } from '../../levels/format/times.ts'
import type { CheckDefinition } from '../contract.ts'
import { findPods, from, labelsOrSelector, originOf } from './selection.ts'

const dnsSpec = z.strictObject({
  from: from.optional(),
  name: z.string(),
  type: z.enum(['A', 'AAAA', 'SRV', 'PTR', 'CNAME']).optional(),
  expect: z
    .strictObject({ addresses: z.array(z.string()).optional(), atLeast: z.int().min(0).optional(), notFound: z.boolean().optional() })
    .optional(),
})

export const dnsCheck: CheckDefinition<z.infer<typeof dnsSpec>> = {
  kind: 'dns',
  schema: dnsSpec,
  when: 'second',
  evaluate(spec, { session, namespace }) {
    const { expect = { atLeast: 1 } } = spec
    const expected = expect.notFound
      ? `${spec.name} is not found`
      : `${spec.name} resolves${expect.addresses ? ` to ${expect.addresses.join(', ')}` : ''}${expect.atLeast && expect.atLeast > 1 ? ` to at least ${expect.atLeast} addresses` : ''}`
    const origin = originOf(session, spec.from ?? 'external', namespace)
    if (origin === undefined) return { ok: false, expected, observed: 'there is no running pod to ask from' }
    const answer = session.world.network.resolve(origin, spec.name, spec.type ?? 'A')
    if (!answer.ok) return { ok: expect.notFound === true && answer.code === 'NXDOMAIN', expected, observed: answer.code }
    const data = answer.records.map((r) => r.data)
    const ok = expect.notFound !== true && data.length >= (expect.atLeast ?? 1) && (expect.addresses ?? []).every((a) => data.includes(a))
    return { ok, expected, observed: data.join(', ') || 'no records' }
  },
}

const tcpSpec = z.strictObject({
  from: from.optional(),
  host: z.string().optional(),
  /** Instead of a host: every running pod with these labels, at its own address; at least one. */
  to: z.strictObject({ pod: labelsOrSelector, namespace: z.string().optional() }).optional(),
  port: z.int().min(1).max(65_535),
  timeout: duration.optional(),
  expect: z.enum(['open', 'closed', 'refused', 'timeout']).optional(),
})

export const tcpCheck: CheckDefinition<z.infer<typeof tcpSpec>> = {
  kind: 'tcp',
  schema: tcpSpec,
  when: 'second',
  evaluate(spec, { session, namespace }) {
    const want = spec.expect ?? 'open'
    const pods = spec.to === undefined ? undefined : findPods(session, spec.to, namespace)
    const expected = spec.to === undefined ? `${spec.host}:${spec.port} ${want}` : `port ${spec.port} of each pod ${want}`
    if (pods?.length === 0) return { ok: false, expected, observed: 'there is no such running pod' }
    const origin = originOf(session, spec.from ?? 'external', namespace)
    if (origin === undefined) return { ok: false, expected, observed: 'there is no running pod to ask from' }
    const hosts =
      pods === undefined
        ? [{ name: spec.host ?? '', host: spec.host ?? '' }]
        : pods.map((p) => ({ name: p.metadata.name, host: p.status?.podIP ?? '' }))
    let observed = ''
    for (const { name, host } of hosts) {
      const result = session.world.network.dial(origin, {
        host,
        port: spec.port,
        protocol: 'tcp',
        timeoutMs: durationMs(spec.timeout ?? '') ?? 5_000,
      })
      const closed = !result.ok && (result.failure === 'refused' || result.failure === 'timeout')
      const ok = result.ok ? want === 'open' : (want === 'closed' && closed) || want === result.failure
      observed = result.ok ? 'open' : result.message
      if (!ok) return { ok: false, expected, observed: pods === undefined ? observed : `${name}: ${observed}` }
    }
    return { ok: true, expected, observed }
  },
}
