/** Network tools as step machines: each does something at one instant of virtual time and shows it when the time it took has passed. */
import type { DialRequest, DialResult, DnsAnswer, DnsType } from '../../network/contract.ts'
import type { Json, Tool, ToolContext, ToolStep } from '../../script/contract.ts'
import type { ProcessContext } from '../contract.ts'

/** The network as one place sees it: a container, the office PC, a node. */
export interface NetworkAccess {
  dial(request: DialRequest): DialResult
  resolve(name: string, type?: DnsType): DnsAnswer
  /** Own address. */
  readonly ip: string
}

export const accessOf = (ctx: ProcessContext): NetworkAccess => ({
  dial: (r) => ctx.dial(r),
  resolve: (n, t) => ctx.resolve(n, t),
  ip: ctx.pod.ip,
})

/** What a tool did: shown after `afterMs`. Without `exitCode` it goes on with `next`. */
export interface Act {
  readonly afterMs: number
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  readonly next?: Json
}

/** `memory` is undefined at first, then what the last act gave as `next`. */
export type Actor = (ctx: ToolContext, access: NetworkAccess, memory: Json | undefined) => Act

export interface NetworkToolRecord {
  readonly names: readonly string[]
  readonly act: Actor
}

const shown = (act: Act): { stdout?: string; stderr?: string } => ({
  ...(act.stdout && { stdout: act.stdout }),
  ...(act.stderr && { stderr: act.stderr }),
})

function pending(act: Act, before: Act | undefined, ctx: ToolContext): ToolStep {
  const print = before === undefined ? {} : shown(before)
  if (act.exitCode !== undefined && act.afterMs <= 0)
    return {
      done: true,
      exitCode: act.exitCode,
      stdout: (print.stdout ?? '') + (act.stdout ?? ''),
      stderr: (print.stderr ?? '') + (act.stderr ?? ''),
    }
  return { done: false, ...print, state: act as unknown as Json, want: { kind: 'sleep', untilMs: ctx.now() + Math.max(0, act.afterMs) } }
}

/** The tool of a record, at one place of the network. */
export function toolOf(record: NetworkToolRecord, access: NetworkAccess): Tool {
  return {
    names: record.names,
    start: (ctx) => pending(record.act(ctx, access, undefined), undefined, ctx),
    resume(state, _event, ctx) {
      const act = state as unknown as Act
      if (act.exitCode !== undefined) return { done: true, exitCode: act.exitCode, ...shown(act) }
      return pending(record.act(ctx, access, act.next ?? null), act, ctx)
    },
  }
}

/** A number that tells this call's requests from others', so that a balancer draws anew. */
export const turnOf = (ctx: ToolContext): number => Math.floor(ctx.random() * 2 ** 31)

export interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly path: string
  readonly user?: string
  readonly portGiven: boolean
}

/** A URL, `http` implied; undefined when it is none. */
export function parseUrl(text: string): Url | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/i.exec(text)
  if (match === null || !match[3]) return undefined
  const scheme = (match[1] ?? 'http').toLowerCase()
  const path = match[5] === undefined ? '/' : match[5].startsWith('/') ? match[5] : `/${match[5]}`
  return {
    scheme,
    host: match[3],
    port: match[4] ? Number(match[4]) : scheme === 'https' ? 443 : 80,
    path,
    portGiven: Boolean(match[4]),
    ...(match[2] !== undefined && { user: match[2] }),
  }
}
