/** Finding the other nodes: seed hosts are looked up anew each second, every address is greeted, and whoever answers tells of those it knows. */
import type { ProcessContext } from '../contract.ts'
import { isMasterEligible, type NodeInfo, type Standing, type State, type TransportReply, type TransportRequest } from './contract.ts'

const GREET_MS = 1_000

export type Sent = { readonly ok: true; readonly reply: TransportReply } | { readonly ok: false; readonly silent: boolean }

/** Sends a message to a node; `silent`: no answer in time, as against a connection refused. */
export function send(ctx: ProcessContext, ip: string, port: number, request: TransportRequest, timeoutMs = 10_000): Sent {
  const result = ctx.dial({ host: ip, port, protocol: 'es-transport', payload: request, timeoutMs })
  if (!result.ok) return { ok: false, silent: result.failure === 'timeout' }
  const reply = result.reply as TransportReply | null
  return reply !== null && typeof reply === 'object' && 'ok' in reply ? { ok: true, reply } : { ok: false, silent: false }
}

/** `host`, `host:port` → every address behind the name. */
export function seedAddresses(s: State, ctx: ProcessContext): { ip: string; port: number }[] {
  const out: { ip: string; port: number }[] = []
  for (const text of s.settings.seedHosts) {
    const colon = text.lastIndexOf(':')
    const [host, port] =
      colon > 0 && /^\d+$/.test(text.slice(colon + 1)) ? [text.slice(0, colon), Number(text.slice(colon + 1))] : [text, 9300]
    if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) out.push({ ip: host, port })
    else {
      const answer = ctx.resolve(host, 'A')
      if (answer.ok) for (const record of answer.records) if (record.type === 'A') out.push({ ip: record.data, port })
    }
  }
  return out
}

export interface Found {
  /** Everybody of this cluster's name who answered, but not this node. */
  readonly standings: readonly Standing[]
  readonly seeds: readonly string[]
}

/** One round of greetings, and a second one to those whom the first told of. */
export function search(s: State, ctx: ProcessContext): Found {
  const seeds = seedAddresses(s, ctx)
  const greeted = new Set<string>([`${s.me.ip}:${s.me.port}`])
  const standings = new Map<string, Standing>()
  let round = [...seeds, ...s.peers, ...(s.cluster?.nodes ?? [])].map((p) => ({ ip: p.ip, port: p.port }))
  for (let n = 0; n < 3 && round.length > 0; n++) {
    const next: NodeInfo[] = []
    for (const { ip, port } of round) {
      if (greeted.has(`${ip}:${port}`)) continue
      greeted.add(`${ip}:${port}`)
      const sent = send(ctx, ip, port, { action: 'hello', from: s.me, clusterName: s.settings.clusterName }, GREET_MS)
      const standing = sent.ok ? sent.reply.standing : undefined
      if (standing === undefined || standing.node.id === s.me.id || standing.clusterName !== s.settings.clusterName) continue
      standings.set(standing.node.id, standing)
      greeted.add(`${standing.node.ip}:${standing.node.port}`)
      next.push(...standing.peers, ...(standing.master ? [standing.master] : []))
    }
    round = next
  }
  return { standings: [...standings.values()], seeds: seeds.map((a) => `${a.ip}:${a.port}`) }
}

export const eligiblePeers = (standings: readonly Standing[]): NodeInfo[] => standings.map((x) => x.node).filter(isMasterEligible)
