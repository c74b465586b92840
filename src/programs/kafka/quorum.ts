/**
 * The controllers' quorum (KRaft): election, the active controller's beat, broker registrations and their loss, and how a change is made to last.
 * The beat goes from the controller to the brokers, where Kafka's brokers call; its times are Kafka's own. A node alone beats for nobody.
 */
import type { ProcessContext } from '../contract.ts'
import { changed, withBroker } from './changes.ts'
import {
  type BrokerMeta,
  type Change,
  isActive,
  isBroker,
  isController,
  type Metadata,
  type NodeReply,
  type NodeRequest,
  type Refusal,
  refuse,
  type State,
} from './contract.ts'
import { log } from './messages.ts'
import { keep, removeLog } from './storage.ts'

const BEAT_MS = 2_000
/** broker.session.timeout.ms. */
const SESSION_MS = 9_000
/** So long a controller is silent before the others vote, and an active one without a majority goes on. */
const SILENCE_MS = 5_000
const RAFT = 'org.apache.kafka.raft.KafkaRaftClient'
const CONTROLLER = 'org.apache.kafka.controller.QuorumController'

export function send(ctx: ProcessContext, host: string, port: number, request: NodeRequest, timeoutMs = 1_000): NodeReply | undefined {
  const result = ctx.dial({ host, port, protocol: 'kafka-node', payload: request, timeoutMs })
  return result.ok && result.reply !== null && typeof result.reply === 'object' ? (result.reply as NodeReply) : undefined
}

const majority = (s: State, acks: number): boolean => acks * 2 > s.settings.voters.length
const newer = (a: Metadata, b: Metadata): boolean => a.term > b.term || (a.term === b.term && a.version > b.version)

/** This broker as it registers itself. */
export const self = (s: State, ctx: ProcessContext): BrokerMeta => ({
  id: s.settings.nodeId,
  epoch: s.brokerEpoch,
  ip: ctx.pod.ip,
  listeners: s.settings.listeners,
  interBroker: s.settings.interBroker,
  fenced: false,
})
const portOf = (b: BrokerMeta): number => b.listeners.find((l) => l.name === b.interBroker)!.boundPort
export const isRegistered = (s: State): boolean => s.metadata.brokers[s.settings.nodeId]?.epoch === s.brokerEpoch

/** Takes newer metadata: logs of topics that are gone go, what followers have of newly led partitions is to be found out. */
function taken(s: State, metadata: Metadata, ctx: ProcessContext): State {
  let { logs, acked } = s
  const me = s.settings.nodeId
  let leads = false
  for (const [name, old] of Object.entries(s.metadata.topics)) {
    if (metadata.topics[name]?.id === old.id) continue
    for (const [i] of old.partitions.entries()) {
      removeLog(ctx.files, s.settings.logDir, `${name}-${i}`)
      const { [`${name}-${i}`]: _gone, ...rest } = logs
      logs = rest
    }
  }
  for (const [name, topic] of Object.entries(metadata.topics))
    for (const [i, p] of topic.partitions.entries()) {
      const before = s.metadata.topics[name]?.partitions[i]
      if (p.leader !== me || p.replicas.length === 1) continue
      leads = true
      if (before?.leader === me && before.epoch === p.epoch) continue
      const { [`${name}-${i}`]: _gone, ...rest } = acked
      acked = rest
    }
  if (leads) ctx.timer('catch-up', 1)
  const next = { ...s, metadata, logs, acked }
  keep(ctx.files, next)
  return next
}

/** What the active controller says. */
export function append(s: State, request: NodeRequest & { kind: 'append' }, ctx: ProcessContext): { state: State; reply: NodeReply } {
  const { metadata, leader } = request
  if (metadata.term < s.term) return { state: s, reply: { ...refuse('FENCED_LEADER_EPOCH', 'an older controller'), term: s.term } }
  let state = metadata.term === s.term && leader === s.leader ? s : { ...s, term: metadata.term, leader }
  if (newer(metadata, s.metadata)) state = taken(state, metadata, ctx)
  if (isController(s) && leader !== s.settings.nodeId)
    ctx.timer('election', SILENCE_MS + ctx.random('election', Math.floor(ctx.nowMs)) * 2_000)
  return { state, reply: { ok: true, term: state.term, broker: s.brokerEpoch } }
}

export function vote(s: State, request: NodeRequest & { kind: 'vote' }, ctx: ProcessContext): { state: State; reply: NodeReply } {
  const { term, candidate, last } = request
  if (term <= s.term) return { state: s, reply: { ...refuse('NOT_CONTROLLER', 'an older term'), term: s.term } }
  // Whoever hears from an active controller does not help to unseat it.
  if (s.leader >= 0 && s.leader !== candidate) return { state: s, reply: { ...refuse('NOT_CONTROLLER', 'there is one'), leader: s.leader } }
  const granted = !newer(s.metadata, { ...s.metadata, term: last[0], version: last[1] })
  const state: State = { ...s, term, votedFor: granted ? candidate : null, leader: -1 }
  if (granted) ctx.timer('election', SILENCE_MS + ctx.random('election', term) * 2_000)
  keep(ctx.files, state)
  return { state, reply: granted ? { ok: true, term } : { ...refuse('NOT_CONTROLLER', 'an older log'), term } }
}

/** Stands for election; a controller alone wins at once. */
export function stand(s: State, ctx: ProcessContext): State {
  const me = s.settings.nodeId
  const term = s.term + 1
  let state: State = { ...s, term, votedFor: me, leader: -1 }
  keep(ctx.files, state)
  const last = [s.metadata.term, s.metadata.version] as const
  let votes = 1
  for (const voter of s.settings.voters) {
    if (voter.id === me) continue
    const reply = send(ctx, voter.host, voter.port, { kind: 'vote', term, candidate: me, last })
    if (reply?.ok) votes++
    else if (reply?.term !== undefined && reply.term > state.term) state = { ...state, term: reply.term, votedFor: null }
  }
  if (!majority(s, votes) || state.term !== term) {
    if (s.settings.voters.length > 1) ctx.timer('election', 1_000 + ctx.random('election', term) * 2_000)
    return state
  }
  log(
    ctx,
    'INFO',
    `[RaftManager id=${me}] Completed transition to Leader(localReplicaKey=ReplicaKey(id=${me}), epoch=${term}) from CandidateState(localId=${me}, epoch=${term})`,
    'org.apache.kafka.raft.QuorumState',
  )
  log(
    ctx,
    'INFO',
    `[QuorumController id=${me}] Becoming the active controller at epoch ${term}, next write offset ${s.metadata.version + 1}.`,
    CONTROLLER,
  )
  const heard = Object.fromEntries([...s.settings.voters.map((v) => v.id), ...Object.keys(s.metadata.brokers)].map((id) => [id, ctx.nowMs]))
  ctx.cancelTimer('election')
  ctx.timer('beat', 1)
  const metadata = { ...s.metadata, term, version: s.metadata.version + 1 }
  return registerLocally(taken({ ...state, leader: me, heard, quorumMs: ctx.nowMs }, metadata, ctx), ctx)
}

function registerLocally(s: State, ctx: ProcessContext): State {
  if (!isBroker(s) || isRegistered(s)) return s
  return written(s, withBroker(s.metadata, self(s, ctx)), ctx)
}

/** The active controller writes; the others are told at the next instant. */
function written(s: State, metadata: Metadata, ctx: ProcessContext): State {
  if (metadata === s.metadata) return s
  ctx.timer('beat', 1)
  return taken(s, { ...metadata, term: s.term, version: s.metadata.version + 1 }, ctx)
}

/** Tells everybody and hears who is there. */
export function beat(s: State, ctx: ProcessContext): State {
  if (!isActive(s)) return s
  const me = s.settings.nodeId
  let state = s
  let acks = 1
  const heard: Record<string, number> = { ...s.heard, [me]: ctx.nowMs }
  const back: BrokerMeta[] = []
  const others = targets(s)
  for (const { id, host, port } of others) {
    const reply = send(ctx, host, port, { kind: 'append', leader: me, metadata: s.metadata })
    if (reply?.term !== undefined && reply.term > s.term) return resigned({ ...s, term: reply.term, votedFor: null }, ctx)
    if (!reply?.ok) continue
    if (s.settings.voters.some((v) => v.id === id)) acks++
    const broker = s.metadata.brokers[id]
    if (broker === undefined || reply.broker === broker.epoch) heard[id] = ctx.nowMs
    if (broker?.fenced && reply.broker === broker.epoch) back.push({ ...broker, fenced: false })
  }
  state = { ...state, heard, quorumMs: majority(s, acks) ? ctx.nowMs : s.quorumMs }
  if (ctx.nowMs - state.quorumMs >= SILENCE_MS) {
    log(
      ctx,
      'WARN',
      `[RaftManager id=${me}] Did not receive fetch request from the majority of the voters within 3000ms. Current fetched voters are [], and voters are [${s.settings.voters.map((v) => v.id).join(', ')}]`,
      RAFT,
    )
    return resigned(state, ctx)
  }
  if (others.length > 0) ctx.timer('beat', BEAT_MS)
  let metadata = state.metadata
  for (const broker of Object.values(metadata.brokers))
    if (!broker.fenced && ctx.nowMs - (heard[broker.id] ?? ctx.nowMs) >= SESSION_MS) {
      log(
        ctx,
        'INFO',
        `[QuorumController id=${me}] Fencing broker ${broker.id} at epoch ${broker.epoch} because its session has timed out.`,
        'org.apache.kafka.controller.ReplicationControlManager',
      )
      metadata = withBroker(metadata, { ...broker, fenced: true })
    }
  for (const broker of back) {
    log(
      ctx,
      'INFO',
      `[QuorumController id=${me}] The request from broker ${broker.id} to unfence has been granted because it has caught up.`,
      'org.apache.kafka.controller.BrokerHeartbeatManager',
    )
    metadata = withBroker(metadata, broker)
  }
  return written(state, metadata, ctx)
}

/** Every other node once: controllers by the quorum's addresses, brokers where they are. */
function targets(s: State): { id: number; host: string; port: number }[] {
  const me = s.settings.nodeId
  const controllers = s.settings.voters.filter((v) => v.id !== me)
  const brokers = Object.values(s.metadata.brokers).filter((b) => b.id !== me && !controllers.some((c) => c.id === b.id))
  return [...controllers, ...brokers.map((b) => ({ id: b.id, host: b.ip, port: portOf(b) }))]
}

function resigned(s: State, ctx: ProcessContext): State {
  ctx.cancelTimer('beat')
  ctx.timer('election', 1_000 + ctx.random('election', s.term) * 2_000)
  return { ...s, leader: -1 }
}

export function register(
  s: State,
  request: NodeRequest & { kind: 'register' },
  clusterId: string,
  ctx: ProcessContext,
): { state: State; reply: NodeReply } {
  if (!isActive(s)) return { state: s, reply: { ...refuse('NOT_CONTROLLER', ''), leader: s.leader } }
  const { broker } = request
  if (request.clusterId !== clusterId)
    return {
      state: s,
      reply: refuse('INCONSISTENT_CLUSTER_ID', `Expected cluster ID ${clusterId}, but got cluster ID ${request.clusterId}`),
    }
  const old = s.metadata.brokers[broker.id]
  if (old !== undefined && !old.fenced && old.epoch !== broker.epoch && ctx.nowMs - (s.heard[broker.id] ?? 0) < SESSION_MS)
    return {
      state: s,
      reply: refuse(
        'DUPLICATE_BROKER_REGISTRATION',
        `Another broker is registered with that broker id. If the broker was recently restarted this should self-resolve once the heartbeat manager expires the broker's session.`,
      ),
    }
  log(
    ctx,
    'INFO',
    `[QuorumController id=${s.settings.nodeId}] Registered new broker: RegisterBrokerRecord(brokerId=${broker.id}, brokerEpoch=${broker.epoch})`,
    'org.apache.kafka.controller.ClusterControlManager',
  )
  const heard = { ...s.heard, [broker.id]: ctx.nowMs }
  // A broker that was away is out of sync until it has caught up.
  const gone = old === undefined ? s.metadata : withBroker(s.metadata, { ...broker, fenced: true })
  const state = written({ ...s, heard }, withBroker(gone, broker), ctx)
  return { state, reply: { ok: true, term: state.term, metadata: state.metadata } }
}

/** A broker makes itself known; tried again until a controller takes it. */
export function signUp(s: State, ctx: ProcessContext): State {
  if (!isBroker(s) || (isRegistered(s) && s.leader >= 0)) return s
  if (isActive(s)) return registerLocally(s, ctx)
  ctx.timer('register', 500)
  for (const voter of s.settings.voters) {
    if (voter.id === s.settings.nodeId) continue
    const reply = send(ctx, voter.host, voter.port, { kind: 'register', clusterId: s.settings.clusterId, broker: self(s, ctx) })
    if (reply === undefined || (!reply.ok && reply.error === 'NOT_CONTROLLER')) continue
    if (!reply.ok) {
      if (reply.error === 'INCONSISTENT_CLUSTER_ID' || Math.floor(ctx.nowMs / 500) % 10 === 0)
        log(
          ctx,
          'ERROR',
          `[BrokerLifecycleManager id=${s.settings.nodeId}] Unable to register the broker: ${reply.error}. ${reply.text}`,
          'kafka.server.BrokerLifecycleManager',
        )
      return s
    }
    ctx.cancelTimer('register')
    return append(s, { kind: 'append', leader: voter.id, metadata: reply.metadata! }, ctx).state
  }
  return s
}

/** A change at the active controller, who only writes it down. */
export function decide(s: State, change: Change, ctx: ProcessContext): { state: State; refusal?: Refusal } {
  if (!isActive(s)) return { state: s, refusal: refuse('NOT_CONTROLLER', '') }
  const id = Array.from({ length: 22 }, (_, i) => ALPHABET[Math.floor(ctx.random(`topic/${s.metadata.version}`, i) * 64)]).join('')
  const made = changed(s.metadata, change, id)
  return 'ok' in made ? { state: s, refusal: made } : { state: written(s, made, ctx) }
}
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/** A change as a broker brings it about for a client: told to the controller, and counted only when a majority of the controllers has it. */
export function through(s: State, change: Change, ctx: ProcessContext): { state: State; refusal?: Refusal } {
  const me = s.settings.nodeId
  let state = s
  const active = isActive(s)
  if (active) {
    const done = decide(s, change, ctx)
    if (done.refusal) return done
    state = done.state
  } else {
    const leader = s.settings.voters.find((v) => v.id === s.leader)
    const reply = leader && send(ctx, leader.host, leader.port, { kind: 'change', change })
    if (reply === undefined) return { state: s, refusal: refuse('REQUEST_TIMED_OUT', 'The controller did not answer.') }
    if (!reply.ok) return { state: s, refusal: reply }
    state = append(s, { kind: 'append', leader: s.leader, metadata: reply.metadata! }, ctx).state
  }
  let acks = (active ? 0 : 1) + (isController(s) ? 1 : 0)
  for (const { id, host, port } of targets(state)) {
    if (id === s.leader || id === me) continue
    const reply = send(ctx, host, port, { kind: 'append', leader: s.leader, metadata: state.metadata })
    if (reply?.ok && s.settings.voters.some((v) => v.id === id)) acks++
  }
  return majority(s, acks) ? { state } : { state, refusal: refuse('REQUEST_TIMED_OUT', 'No majority of the controllers has it.') }
}
