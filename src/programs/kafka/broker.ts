/** Partitions: what a leader writes and hands to its followers, what may be read, and the offsets of consumer groups, which are records themselves. */
import type { ProcessContext } from '../contract.ts'
import {
  type ClientReply,
  type ClientRequest,
  type LogRecord,
  type NodeReply,
  type NodeRequest,
  OFFSETS_TOPIC,
  type PartitionMeta,
  refuse,
  type State,
} from './contract.ts'
import { log, textOf } from './messages.ts'
import { send, through } from './quorum.ts'
import { numberOf } from './settings.ts'
import { writeLog } from './storage.ts'

/** replica.lag.time.max.ms. */
const LAG_MS = 30_000
const RETRY_MS = 1_000
/** What a producer's request waits for acknowledgements. */
const REQUEST_MS = 30_000

interface Done {
  readonly state: State
  readonly reply: ClientReply
  readonly ms?: number
}
const failed = (state: State, error: string, ms = 1): Done => ({ state, reply: refuse(error, textOf(error)), ms })

const partitionOf = (s: State, topic: string, n: number): PartitionMeta | undefined => s.metadata.topics[topic]?.partitions[n]
const NONE: readonly LogRecord[] = []
const logOf = (s: State, key: string): readonly LogRecord[] => s.logs[key] ?? NONE

/** What all that are in sync have: so far is read. */
export function highWatermark(s: State, key: string, p: PartitionMeta): number {
  const others = p.isr.filter((id) => id !== s.settings.nodeId)
  return Math.min(logOf(s, key).length, ...others.map((id) => s.acked[key]?.[id] ?? 0))
}

/** Brings a follower to the leader's end. */
function pushTo(s: State, topic: string, n: number, p: PartitionMeta, id: number, ctx: ProcessContext): { state: State; ok: boolean } {
  const key = `${topic}-${n}`
  const records = logOf(s, key)
  const broker = s.metadata.brokers[id]
  const at = broker?.listeners.find((l) => l.name === broker.interBroker)
  const sent = (from: number): NodeReply | undefined =>
    at &&
    send(ctx, at.host, at.port, {
      kind: 'replicate',
      topic,
      partition: n,
      epoch: p.epoch,
      from,
      before: records[from - 1]?.epoch ?? -1,
      records: records.slice(from),
    })
  let reply = sent(s.acked[key]?.[id] ?? records.length)
  if (reply !== undefined && !reply.ok && reply.end !== undefined) reply = sent(0)
  const behind = `${key}/${id}`
  if (!reply?.ok) return { ok: false, state: s.behind[behind] === undefined ? { ...s, behind: { ...s.behind, [behind]: ctx.nowMs } } : s }
  const { [behind]: _was, ...rest } = s.behind
  return { ok: true, state: { ...s, behind: rest, acked: { ...s.acked, [key]: { ...s.acked[key], [id]: records.length } } } }
}

export function replicate(s: State, r: NodeRequest & { kind: 'replicate' }, ctx: ProcessContext): { state: State; reply: NodeReply } {
  const key = `${r.topic}-${r.partition}`
  const p = partitionOf(s, r.topic, r.partition)
  if (p === undefined || r.epoch < p.epoch) return { state: s, reply: refuse('FENCED_LEADER_EPOCH', '') }
  const mine = logOf(s, key)
  if (r.from > mine.length || (r.from > 0 && mine[r.from - 1]!.epoch !== r.before))
    return { state: s, reply: { ...refuse('OFFSET_OUT_OF_RANGE', ''), end: mine.length } }
  if (r.records.length === 0 && mine.length === r.from) return { state: s, reply: { ok: true, term: s.term } }
  const logs = { ...s.logs, [key]: writeLog(ctx.files, s.settings.logDir, key, mine, r.from, r.records) }
  return { state: { ...s, logs }, reply: { ok: true, term: s.term } }
}

const minInsync = (s: State, topic: string): number =>
  Number(s.metadata.topics[topic]?.config['min.insync.replicas'] ?? numberOf(s.settings, 'min.insync.replicas'))

export function produce(s: State, r: ClientRequest & { kind: 'produce' }, ctx: ProcessContext): Done {
  const { topic, partition: n } = r
  const key = `${topic}-${n}`
  const p = partitionOf(s, topic, n)
  if (p === undefined) return failed(s, 'UNKNOWN_TOPIC_OR_PARTITION')
  if (p.leader !== s.settings.nodeId) return failed(s, 'NOT_LEADER_OR_FOLLOWER')
  const all = r.acks !== 0 && r.acks !== 1
  if (all && p.isr.length < minInsync(s, topic)) return failed(s, 'NOT_ENOUGH_REPLICAS')
  const old = logOf(s, key)
  // A batch that was written and not acknowledged comes again.
  const known = r.from === undefined ? -1 : old.findLastIndex((x) => x.from === r.from)
  let state = s
  let offset = known < 0 ? old.length : known - r.records.length + 1
  if (known < 0) {
    const records = r.records.map(
      (x): LogRecord => ({ epoch: p.epoch, ms: ctx.nowMs, key: x.key, value: x.value, ...(r.from !== undefined && { from: r.from }) }),
    )
    state = { ...s, logs: { ...s.logs, [key]: writeLog(ctx.files, s.settings.logDir, key, old, old.length, records) } }
    offset = old.length
  }
  let missing = false
  for (const id of p.isr) {
    if (id === s.settings.nodeId) continue
    const done = pushTo(state, topic, n, p, id, ctx)
    state = done.state
    missing ||= !done.ok
  }
  if (missing) ctx.timer('catch-up', RETRY_MS)
  if (missing && all) return failed(state, 'REQUEST_TIMED_OUT', REQUEST_MS)
  return { state, reply: { ok: true, offset }, ms: 2 }
}

export function fetch(s: State, r: ClientRequest & { kind: 'fetch' }): Done {
  const key = `${r.topic}-${r.partition}`
  const p = partitionOf(s, r.topic, r.partition)
  if (p === undefined) return failed(s, 'UNKNOWN_TOPIC_OR_PARTITION')
  if (p.leader !== s.settings.nodeId) return failed(s, 'NOT_LEADER_OR_FOLLOWER')
  const end = highWatermark(s, key, p)
  if (r.offset > end) return failed(s, 'OFFSET_OUT_OF_RANGE')
  const records = logOf(s, key)
    .slice(r.offset, Math.min(end, r.offset + r.max))
    .map((x, i) => ({ ...x, offset: r.offset + i }))
  return { state: s, reply: { ok: true, records, end } }
}

/** Followers that are not where the leader is: they are brought there, put in sync again, or out of it after too long. Ends when none is left. */
export function catchUp(s: State, ctx: ProcessContext): State {
  const me = s.settings.nodeId
  let state = s
  let open = false
  for (const [topic, t] of Object.entries(s.metadata.topics))
    for (const [n, p] of t.partitions.entries()) {
      if (p.leader !== me) continue
      const key = `${topic}-${n}`
      let { isr } = p
      for (const id of p.replicas) {
        if (id === me || state.metadata.brokers[id]?.fenced !== false) continue
        const isIn = isr.includes(id)
        if (isIn && state.acked[key]?.[id] === logOf(state, key).length) continue
        const done = pushTo(state, topic, n, p, id, ctx)
        state = done.state
        if (done.ok && !isIn) isr = [...isr, id]
        else if (!done.ok && isIn && ctx.nowMs - (state.behind[`${key}/${id}`] ?? ctx.nowMs) >= LAG_MS) isr = isr.filter((x) => x !== id)
        open ||= !done.ok
      }
      if (isr === p.isr) continue
      const done = through(state, { kind: 'isr', topic, partition: n, epoch: p.epoch, isr }, ctx)
      if (done.refusal === undefined)
        log(
          ctx,
          'INFO',
          `[Partition ${key} broker=${me}] ${isr.length < p.isr.length ? 'Shrinking' : 'Expanding'} ISR from ${p.isr.join(',')} to ${isr.join(',')}`,
          'kafka.cluster.Partition',
        )
      state = done.state
      open ||= done.refusal !== undefined
    }
  if (open) ctx.timer('catch-up', RETRY_MS)
  return state
}

// ── consumer groups ──

/** Java's String.hashCode, which says where a group's offsets lie. */
const hashCode = (text: string): number => {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash & 0x7fffffff
}
const offsetsPartition = (s: State, group: string): number => hashCode(group) % (s.metadata.topics[OFFSETS_TOPIC]?.partitions.length ?? 1)

/** Who keeps a group's offsets; their topic is made when it is first asked for. */
export function coordinator(s: State, group: string, port: number, ctx: ProcessContext): Done {
  let state = s
  if (s.metadata.topics[OFFSETS_TOPIC] === undefined) {
    log(
      ctx,
      'INFO',
      `Sent auto-creation request for Set(${OFFSETS_TOPIC}) to the active controller.`,
      'kafka.server.DefaultAutoTopicCreationManager',
    )
    const { settings } = s
    const done = through(
      s,
      {
        kind: 'create',
        name: OFFSETS_TOPIC,
        partitions: numberOf(settings, 'offsets.topic.num.partitions'),
        replicas: numberOf(settings, 'offsets.topic.replication.factor'),
        config: { 'cleanup.policy': 'compact' },
      },
      ctx,
    )
    state = done.state
    if (done.refusal) {
      log(
        ctx,
        'WARN',
        `Auto-creation of topic ${OFFSETS_TOPIC} failed: ${done.refusal.error} (${done.refusal.text})`,
        'kafka.server.DefaultAutoTopicCreationManager',
      )
      return failed(state, 'COORDINATOR_NOT_AVAILABLE')
    }
  }
  const leader = partitionOf(state, OFFSETS_TOPIC, offsetsPartition(state, group))?.leader ?? -1
  const name = state.settings.listeners.find((l) => l.boundPort === port)?.name
  const at = state.metadata.brokers[leader]?.listeners.find((l) => l.name === name)
  return at === undefined
    ? failed(state, 'COORDINATOR_NOT_AVAILABLE')
    : { state, reply: { ok: true, node: { id: leader, host: at.host, port: at.port } } }
}

export function commit(s: State, r: ClientRequest & { kind: 'commit' }, ctx: ProcessContext): Done {
  const records = Object.entries(r.offsets).map(([key, offset]) => ({ key: JSON.stringify([r.group, key]), value: String(offset) }))
  const done = produce(s, { kind: 'produce', topic: OFFSETS_TOPIC, partition: offsetsPartition(s, r.group), acks: -1, records }, ctx)
  return !done.reply.ok && done.reply.error === 'NOT_LEADER_OR_FOLLOWER' ? failed(done.state, 'NOT_COORDINATOR') : done
}

export function offsets(s: State, only: string | undefined): Done {
  const groups: Record<string, Record<string, number>> = {}
  for (const [n, p] of (s.metadata.topics[OFFSETS_TOPIC]?.partitions ?? []).entries()) {
    if (p.leader !== s.settings.nodeId) continue
    for (const x of logOf(s, `${OFFSETS_TOPIC}-${n}`)) {
      const [group, key] = JSON.parse(x.key!) as [string, string]
      if (only === undefined || only === group) groups[group] = { ...groups[group], [key]: Number(x.value) }
    }
  }
  return { state: s, reply: { ok: true, groups } }
}
