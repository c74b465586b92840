/**
 * Who is in the group, and whether it has a quorum. A node looks at its neighbour in the ring now and then, so that every cut is noticed
 * on both of its sides; who finds somebody missing looks at all and tells the rest. Answers never dial.
 */
import type { ProcessContext } from '../../contract.ts'
import { server as line } from '../messages.ts'
import { flavourOf, type State } from '../state.ts'
import { type Galera, type GaleraReply, type GaleraRequest, type Member, PORTS, type Standing, type View } from './contract.ts'
import { removeGvwstate, writeGrastate, writeGvwstate } from './files.ts'

/** evs.suspect_timeout is five seconds: a look every three, and two without an answer. */
export const LOOK_MS = 3_000
const SILENCE_MS = 2_000
/** pc.wait_prim_timeout. */
const WAIT_PRIMARY_MS = 30_000

export const log = (ctx: ProcessContext, level: 'Note' | 'Warning' | 'ERROR', text: string): void =>
  ctx.log(line(flavourOf(ctx), ctx.nowMs, level, `WSREP: ${text}`), 'stderr')

const clusterName = (s: State): string => s.settings.galera!.clusterName

/** A message to a node; undefined: no answer, or one of another cluster. */
export function send(
  ip: string,
  message: GaleraRequest,
  ctx: ProcessContext,
  port: number = PORTS.group,
  timeoutMs = SILENCE_MS,
): GaleraReply | undefined {
  const sent = ctx.dial({ host: ip, port, protocol: 'galera', payload: message, timeoutMs })
  const reply = sent.ok ? (sent.reply as GaleraReply | null) : null
  return reply === null || reply.kind === 'no' ? undefined : reply
}

export function ask(s: State, ip: string, ctx: ProcessContext): Standing | undefined {
  const reply = send(ip, { kind: 'ask', cluster: clusterName(s) }, ctx)
  return reply?.kind === 'standing' ? reply.standing : undefined
}

export const standingOf = (g: Galera): Standing => ({
  me: g.me,
  status: g.status,
  ...(g.clusterUuid !== undefined && { clusterUuid: g.clusterUuid }),
  ...(g.view !== undefined && { view: g.view }),
  ...(g.lastPrimary !== undefined && { lastPrimary: g.lastPrimary }),
  recovering: g.recovering,
  seqno: g.seqno,
})

export const othersIn = (g: Galera): readonly Member[] => (g.view?.members ?? []).filter((m) => m.uuid !== g.me.uuid)
export const isReady = (s: State): boolean => s.galera === undefined || (s.galera.status === 'synced' && s.galera.view?.primary === true)

/** Takes a view as its own. */
export function installed(s: State, view: View, ctx: ProcessContext): State {
  const g = s.galera!
  const index = view.members.findIndex((m) => m.uuid === g.me.uuid)
  log(
    ctx,
    'Note',
    `Quorum results: version = 6, component = ${view.primary ? 'PRIMARY' : 'NON-PRIMARY'}, conf_id = ${view.id}, members = ${view.members.length}/${view.members.length} (joined/total)`,
  )
  log(
    ctx,
    'Note',
    `New cluster view: global state: ${view.clusterUuid}:${view.seqno}, view# ${view.primary ? view.id : -1}: ${view.primary ? 'Primary' : 'non-Primary'}, number of nodes: ${view.members.length}, my index: ${index}, protocol version 4`,
  )
  const behind = view.primary && (g.status === 'connecting' || g.seqno < view.seqno || g.clusterUuid !== view.clusterUuid)
  const status: Galera['status'] = !view.primary ? 'non-primary' : g.status === 'joining' || behind ? 'joining' : 'synced'
  const next: Galera = {
    ...g,
    view,
    status,
    recovering: false,
    ...(view.primary && { lastPrimary: view }),
    ...(!behind && { clusterUuid: view.clusterUuid }),
  }
  if (view.primary) {
    writeGvwstate(ctx, s.settings.dataDir, g.me, view)
    if (status === 'synced') writeGrastate(ctx, s.settings.dataDir, { uuid: view.clusterUuid, seqno: -1, safeToBootstrap: false })
  }
  if (status === 'joining' && g.status !== 'joining') ctx.timer('state', 50)
  ctx.timer('evs', LOOK_MS)
  return { ...s, galera: next }
}

/** Installs a view here and on all its other members. */
export function announce(s: State, view: View, ctx: ProcessContext): State {
  for (const m of view.members) if (m.uuid !== s.galera!.me.uuid) send(m.ip, { kind: 'install', cluster: clusterName(s), view }, ctx)
  return installed(s, view, ctx)
}

/** Looks at all members; what is left of the group goes on if it is more than half of the last that had a quorum. */
export function regroup(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  const { view } = g
  if (view === undefined) return s
  const alive = othersIn(g).filter((m) => ask(s, m.ip, ctx)?.view?.id === view.id)
  if (alive.length === othersIn(g).length) return s
  for (const m of othersIn(g))
    if (!alive.includes(m)) log(ctx, 'Note', `declaring ${m.uuid.slice(0, 8)} at tcp://${m.ip}:4567 suspect, forgetting it`)
  const whole = g.lastPrimary?.members.length ?? 1
  const primary = view.primary && (alive.length + 1) * 2 > whole
  if (!primary) log(ctx, 'Warning', 'Received NON-PRIMARY.')
  const members = view.members.filter((m) => m.uuid === g.me.uuid || alive.includes(m))
  return announce(s, { ...view, id: view.id + 1, primary, members, seqno: g.seqno }, ctx)
}

/** Names of gcomm:// and members that were known, as addresses. */
function candidates(s: State, ctx: ProcessContext): string[] {
  const found = s.settings.galera!.addresses.flatMap((a) => {
    const host = a.replace(/:\d+$/, '')
    if (/^[\d.]+$/.test(host)) return [host]
    const answer = ctx.resolve(host)
    return answer.ok ? answer.records.map((r) => r.data) : []
  })
  const known = (s.galera!.lastPrimary?.members ?? []).map((m) => m.ip)
  return [...new Set([...found, ...known])].filter((ip) => ip !== ctx.pod.ip)
}

/** Looks for a group with a quorum to join, or for enough others to make one. */
export function seek(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  const standings = candidates(s, ctx).flatMap((ip) => ask(s, ip, ctx) ?? [])
  const group = standings.find((x) => x.view?.primary === true && x.status === 'synced')
  if (group !== undefined) {
    const view = group.view!
    const members = [...view.members.filter((m) => m.uuid !== g.me.uuid && m.ip !== g.me.ip), g.me]
    return announce(s, { ...view, id: view.id + 1, members, seqno: Math.max(view.seqno, group.seqno) }, ctx)
  }
  const last = g.lastPrimary
  if (last !== undefined) {
    const same = standings.filter(
      (x) =>
        x.lastPrimary?.id === last.id && x.lastPrimary.clusterUuid === last.clusterUuid && last.members.some((m) => m.uuid === x.me.uuid),
    )
    const enough = g.recovering ? same.length + 1 === last.members.length : (same.length + 1) * 2 > last.members.length
    if (enough) {
      if (g.recovering) log(ctx, 'Note', 'promote to primary component')
      return promote(s, same, ctx)
    }
  }
  if (g.status === 'connecting' && ctx.nowMs - g.sinceMs >= WAIT_PRIMARY_MS) {
    log(
      ctx,
      'ERROR',
      `failed to open gcomm backend connection: 110: failed to reach primary view (pc.wait_prim_timeout): 110 (Connection timed out)`,
    )
    log(ctx, 'ERROR', `gcs connect failed: Connection timed out`)
    log(ctx, 'ERROR', `wsrep::connect(gcomm://${s.settings.galera!.addresses.join(',')}) failed: 7`)
    ctx.log(line(flavourOf(ctx), ctx.nowMs, 'ERROR', 'Aborting'), 'stderr')
    ctx.exit(1)
    return { ...s, phase: 'stopped' }
  }
  ctx.timer('evs', g.status === 'connecting' ? 1_000 : LOOK_MS)
  return s
}

/** These nodes are the group now (pc.recovery, pc.bootstrap, a healed cut). Who has most of the writes gives the others what they lack. */
export function promote(s: State, others: readonly Standing[], ctx: ProcessContext): State {
  const g = s.galera!
  const last = g.lastPrimary ?? g.view!
  const seqno = Math.max(g.seqno, ...others.map((o) => o.seqno))
  const id = Math.max(last.id, g.view?.id ?? 0, ...others.map((o) => o.view?.id ?? 0)) + 1
  const members = [g.me, ...others.map((o) => o.me)].sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
  const view: View = { id, clusterUuid: last.clusterUuid, primary: true, members, seqno }
  return announce(
    { ...s, galera: { ...g, clusterUuid: last.clusterUuid, status: g.status === 'connecting' ? 'non-primary' : g.status } },
    view,
    ctx,
  )
}

/** `pc.bootstrap=YES`: this node and those it reaches are the group, whoever else there is. */
export function bootstrapComponent(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  if (g.view?.primary !== false) return s
  const others = othersIn(g).flatMap((m) => ask(s, m.ip, ctx) ?? [])
  log(ctx, 'Note', 'bootstrapping primary component')
  return promote(
    s,
    others.filter((o) => o.status === 'non-primary'),
    ctx,
  )
}

/** The regular look: at the next in the ring, or for a group when there is none. */
export function look(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  if (g.status === 'connecting' || g.status === 'non-primary') return seek(s, ctx)
  ctx.timer('evs', LOOK_MS)
  const members = [...(g.view?.members ?? [])].sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
  if (members.length < 2) return s
  const next = members[(members.findIndex((m) => m.uuid === g.me.uuid) + 1) % members.length]!
  return ask(s, next.ip, ctx)?.view?.id === g.view!.id ? s : regroup(s, ctx)
}

/** Leaves in order, so that the others keep their quorum. */
export function leave(s: State, ctx: ProcessContext): void {
  const g = s.galera!
  for (const m of othersIn(g)) send(m.ip, { kind: 'leave', cluster: clusterName(s), uuid: g.me.uuid }, ctx)
  const alone = g.view?.primary === true && g.view.members.length === 1
  const seqno = g.status === 'synced' ? g.seqno : -1
  writeGrastate(ctx, s.settings.dataDir, { ...(g.clusterUuid !== undefined && { uuid: g.clusterUuid }), seqno, safeToBootstrap: alone })
  removeGvwstate(ctx, s.settings.dataDir)
}
