/** `dns` and `tcp`: what a name resolves to, whether a port answers, as seen from somewhere. */
import { z } from 'zod'
import { duration, durationMs } from '../../levels/format/times.ts'
import type { Origin } from '../../network/contract.ts'
import type { Session } from '../../session/session.ts'
import type { CheckDefinition, Verdict } from '../contract.ts'
import { type Door, publishedDoors } from './published.ts'
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
  port: z.int().min(1).max(65_535).optional(),
  /** Instead of a host and a port: no door that the cluster opens to the company's network (node ports on every node, host ports, balancers) leads to a pod with these labels. */
  unpublished: z.strictObject({ pod: labelsOrSelector, namespace: z.string().optional(), ports: z.array(z.int()).optional() }).optional(),
  timeout: duration.optional(),
  expect: z.enum(['open', 'closed', 'refused', 'timeout']).optional(),
})
type TcpSpec = z.infer<typeof tcpSpec>

/** Knocks at every door there is; `ports` are tried on every node besides. */
function judgeUnpublished(
  spec: TcpSpec,
  where: NonNullable<TcpSpec['unpublished']>,
  session: Session,
  namespace: string,
  origin: Origin,
): Verdict {
  const uids = new Map(findPods(session, where, namespace).map((p) => [p.metadata.uid, p.metadata.name]))
  const expected = 'no port of any node or balancer leads to it'
  if (uids.size === 0) return { ok: false, expected, observed: 'there is no such running pod' }
  const nodes = session.world.cluster.read.list('nodes').flatMap((n) => (n.status?.addresses ?? []).filter((a) => a.type === 'InternalIP'))
  const fixed = (where.ports ?? []).flatMap((port) => nodes.map((a) => ({ name: 'the node', host: a.address, port })))
  for (const { name, host, port, podUid } of [...fixed, ...publishedDoors(session)] as Door[]) {
    const result = session.world.network.dial(origin, { host, port, protocol: 'tcp', timeoutMs: durationMs(spec.timeout ?? '') ?? 1_000 })
    // What is passed on by the node itself names no pod behind it.
    const pod = result.ok ? uids.get(result.peer.podUid ?? podUid ?? '') : undefined
    if (pod !== undefined) return { ok: false, expected, observed: `${host}:${port} (${name}) leads to ${pod}` }
  }
  return { ok: true, expected, observed: 'none does' }
}

export const tcpCheck: CheckDefinition<z.infer<typeof tcpSpec>> = {
  kind: 'tcp',
  schema: tcpSpec,
  when: 'second',
  evaluate(spec, { session, namespace }) {
    const want = spec.expect ?? 'open'
    if (spec.unpublished !== undefined) {
      const outside = originOf(session, spec.from ?? 'external', namespace)
      return outside === undefined
        ? { ok: false, expected: 'no way in', observed: 'there is no running pod to ask from' }
        : judgeUnpublished(spec, spec.unpublished, session, namespace, outside)
    }
    const port = spec.port ?? 80
    const pods = spec.to === undefined ? undefined : findPods(session, spec.to, namespace)
    const expected = spec.to === undefined ? `${spec.host}:${port} ${want}` : `port ${port} of each pod ${want}`
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
        port,
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
