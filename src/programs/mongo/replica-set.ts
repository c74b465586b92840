/**
 * A replica set: the primary sends heartbeats with what is new; who hears nothing for electionTimeoutMillis stands for election; a primary
 * that reaches no majority for so long steps down. Answers never dial.
 */
import type { ProcessContext } from '../contract.ts'
import { MongoError, type MongoReply, type MongoRequest, type Place, type SetConfig, type SetMember, type State } from './contract.ts'
import { log } from './messages.ts'
import { appendLog, apply, lastOf, replaceLog, writeKept } from './store.ts'

const HEARTBEAT_MS = 2_000
const ELECTION_MS = 10_000
/** Nodes do not all stand at once. */
const ELECTION_SPREAD_MS = 1_500
const DIAL_MS = 1_000

const hostAndPort = (host: string): [string, number] => {
  const [name = '', port] = host.split(':')
  return [name, Number(port ?? 27017)]
}

function dial(host: string, message: MongoRequest, ctx: ProcessContext, timeoutMs = DIAL_MS): MongoReply | undefined {
  const [name, port] = hostAndPort(host)
  const sent = ctx.dial({ host: name, port, protocol: 'mongodb', payload: message, timeoutMs })
  return sent.ok ? ((sent.reply as MongoReply | null) ?? undefined) : undefined
}

export const others = (s: State): readonly SetMember[] => (s.config?.members ?? []).filter((m) => m.host !== s.self)
export const majority = (s: State): number => Math.floor((s.config?.members.length ?? 1) / 2) + 1

/** The member of a configuration that this server is. */
export function selfIn(config: SetConfig, port: number, ctx: ProcessContext): string | undefined {
  return config.members.find(({ host }) => {
    const [name, at] = hostAndPort(host)
    if (at !== port) return false
    if (name === ctx.pod.ip || name === ctx.hostname || name === 'localhost' || name === '127.0.0.1') return true
    const found = ctx.resolve(name)
    return found.ok && found.records.some((r) => r.data === ctx.pod.ip)
  })?.host
}

const electionTimer = (ctx: ProcessContext): void =>
  ctx.timer('election', ELECTION_MS + ELECTION_SPREAD_MS * ctx.random('election', Math.floor(ctx.nowMs / 1000)))

function become(s: State, role: 'primary' | 'secondary', ctx: ProcessContext): State {
  if (s.role !== role)
    log(ctx, 'I', 'REPL', `Replica set state transition`, { newState: role.toUpperCase(), oldState: s.role.toUpperCase() })
  if (role === 'primary') {
    ctx.cancelTimer('election')
    ctx.timer('heartbeat', 5)
    return { ...s, role, ...(s.self !== undefined && { primary: s.self }), peers: {}, heardMs: ctx.nowMs }
  }
  ctx.cancelTimer('heartbeat')
  electionTimer(ctx)
  const { primary: _gone, ...rest } = s
  return { ...rest, role }
}

/** rs.initiate. Throws MongoError. */
export function initiate(s: State, config: SetConfig, ctx: ProcessContext): State {
  if (s.config !== undefined) throw new MongoError(23, 'AlreadyInitialized', 'already initialized')
  const self = selfIn(config, s.port, ctx)
  if (self === undefined)
    throw new MongoError(
      93,
      'InvalidReplicaSetConfig',
      `No host described in new configuration with {version: 1, term: 0} for replica set ${config.set} maps to this node`,
    )
  if (config.set !== s.setName)
    throw new MongoError(
      93,
      'InvalidReplicaSetConfig',
      `Rejecting initiate with a set name that differs from command line set name, initiate set name: ${config.set}, command line set name: ${s.setName}`,
    )
  for (const m of config.members) {
    if (m.host === self) continue
    const pong = dial(m.host, { kind: 'ping', set: config.set }, ctx, 5_000)
    if (pong?.kind !== 'pong' || pong.set !== config.set)
      throw new MongoError(
        74,
        'NodeNotFound',
        `replSetInitiate quorum check failed because not all proposed set members responded affirmatively: ${m.host} failed with Error connecting to ${m.host}`,
      )
  }
  const next: State = { ...s, config, self, term: 1, votedTerm: 1 }
  writeKept(ctx.files, next)
  return become(next, 'primary', ctx)
}

/** A configuration of the primary's. */
export function reconfigured(s: State, config: SetConfig, ctx: ProcessContext): State {
  const next = { ...s, config }
  writeKept(ctx.files, next)
  ctx.timer('heartbeat', 5)
  return next
}

/** After the start: what the disk says. */
export function joined(s: State, ctx: ProcessContext): State {
  if (s.config === undefined) return s
  const self = selfIn(s.config, s.port, ctx)
  return become({ ...s, ...(self !== undefined && { self }) }, 'secondary', ctx)
}

/** Sends a member what it lacks; how far it then is. Undefined: it does not answer. */
function append(s: State, host: string, ctx: ProcessContext): { readonly state: State; readonly last?: Place } {
  let after = s.peers[host]?.last ?? lastOf(s.log)
  for (let tries = 0; tries < 2; tries++) {
    const whole = tries === 1
    if (whole) after = { index: 0, term: 0 }
    const entries = s.log.slice(after.index)
    const reply = dial(
      host,
      { kind: 'append', set: s.setName!, term: s.term, primary: s.self!, config: s.config!, after, entries, whole },
      ctx,
    )
    if (reply?.kind !== 'appended') return { state: s }
    if (reply.term > s.term) {
      const next = { ...s, term: reply.term }
      writeKept(ctx.files, next)
      return { state: become(next, 'secondary', ctx) }
    }
    if (reply.ok) return { state: { ...s, peers: { ...s.peers, [host]: { last: reply.last, heardMs: ctx.nowMs } } }, last: reply.last }
    // It is merely behind, or it has what this one has not.
    const known = s.log[reply.last.index - 1]
    if (reply.last.index === 0 || known?.term === reply.last.term) {
      after = reply.last
      const more = dial(
        host,
        {
          kind: 'append',
          set: s.setName!,
          term: s.term,
          primary: s.self!,
          config: s.config!,
          after,
          entries: s.log.slice(after.index),
          whole: false,
        },
        ctx,
      )
      if (more?.kind === 'appended' && more.ok)
        return { state: { ...s, peers: { ...s.peers, [host]: { last: more.last, heardMs: ctx.nowMs } } }, last: more.last }
    }
  }
  return { state: s }
}

/** Sends to all; how many have everything, this one included. */
export function replicate(s: State, ctx: ProcessContext): { readonly state: State; readonly having: number } {
  let state = s
  let having = 1
  const { index } = lastOf(s.log)
  for (const m of others(s)) {
    if (state.role !== 'primary') break
    const sent = append(state, m.host, ctx)
    state = sent.state
    if (sent.last !== undefined && sent.last.index >= index) having++
  }
  return { state, having }
}

/** The primary's regular heartbeat. */
export function heartbeat(s: State, ctx: ProcessContext): State {
  if (s.role !== 'primary') return s
  const { state } = replicate(s, ctx)
  if (state.role !== 'primary') return state
  const reached = 1 + others(state).filter((m) => state.peers[m.host]?.heardMs === ctx.nowMs).length
  if (reached >= majority(state)) {
    ctx.timer('heartbeat', HEARTBEAT_MS)
    return { ...state, heardMs: ctx.nowMs }
  }
  if (ctx.nowMs - state.heardMs >= ELECTION_MS) {
    log(ctx, 'I', 'REPL', "Can't see a majority of the set, relinquishing primary", {})
    return become(state, 'secondary', ctx)
  }
  ctx.timer('heartbeat', HEARTBEAT_MS)
  return state
}

/** Stands for election: first asks, then is voted for. */
export function stand(s: State, ctx: ProcessContext): State {
  if (s.config === undefined || s.role === 'primary') return s
  const self = s.self ?? selfIn(s.config, s.port, ctx)
  electionTimer(ctx)
  if (self === undefined || s.config.members.find((m) => m.host === self)?.priority === 0) return s
  log(ctx, 'I', 'ELECTION', 'Starting an election, since we have seen no PRIMARY in election timeout period', {
    electionTimeoutPeriodMillis: ELECTION_MS,
  })
  let state: State = { ...s, self }
  const term = state.term + 1
  for (const dry of [true, false]) {
    if (!dry) {
      state = { ...state, term, votedTerm: term }
      writeKept(ctx.files, state)
    }
    const votes = others(state).filter((m) => {
      const reply = dial(m.host, { kind: 'vote', set: s.setName!, term, last: lastOf(state.log), candidate: self, dry }, ctx)
      return reply?.kind === 'voted' && reply.granted
    }).length
    if (votes + 1 < majority(state)) {
      log(ctx, 'I', 'ELECTION', 'Not running for primary, received insufficient votes', { votes: votes + 1, needed: majority(state) })
      return state
    }
  }
  log(ctx, 'I', 'ELECTION', 'Election succeeded, assuming primary role', { term })
  return become(state, 'primary', ctx)
}

/** Gives up being primary and lets another stand at once. */
export function stepDown(s: State, ctx: ProcessContext): State {
  if (s.role !== 'primary') throw new MongoError(10107, 'NotWritablePrimary', "not primary so can't step down")
  const { state } = replicate(s, ctx)
  const { index } = lastOf(state.log)
  const heir = others(state).find((m) => state.peers[m.host]?.last.index === index)
  for (const m of others(state)) if (m !== heir) dial(m.host, { kind: 'takeover', set: s.setName!, stand: false }, ctx)
  const next = become(state, 'secondary', ctx)
  if (heir !== undefined) dial(heir.host, { kind: 'takeover', set: s.setName!, stand: true }, ctx)
  return next
}

/** Messages of other members. It never dials here. */
export function answer(
  s: State,
  request: Exclude<MongoRequest, { kind: 'commands' }>,
  ctx: ProcessContext,
): { readonly state: State; readonly reply: MongoReply } {
  if (request.kind === 'ping') return { state: s, reply: { kind: 'pong', set: s.setName ?? '', configured: s.config !== undefined } }
  if (request.kind === 'takeover') {
    const { primary: _gone, ...rest } = s
    if (request.stand && s.role === 'secondary') ctx.timer('election', 50)
    return { state: rest, reply: { kind: 'pong', set: s.setName ?? '', configured: true } }
  }
  if (request.kind === 'vote') {
    const mine = lastOf(s.log)
    const upToDate = request.last.term > mine.term || (request.last.term === mine.term && request.last.index >= mine.index)
    const content = s.role === 'primary' || (s.primary !== undefined && ctx.nowMs - s.heardMs < ELECTION_MS)
    const granted = request.set === s.setName && request.term > s.votedTerm && upToDate && !content
    if (!granted || request.dry) return { state: s, reply: { kind: 'voted', granted, term: s.term } }
    const next = { ...s, term: request.term, votedTerm: request.term }
    writeKept(ctx.files, next)
    electionTimer(ctx)
    return { state: next, reply: { kind: 'voted', granted, term: next.term } }
  }
  return appended(s, request, ctx)
}

function appended(
  s: State,
  request: Extract<MongoRequest, { kind: 'append' }>,
  ctx: ProcessContext,
): { readonly state: State; readonly reply: MongoReply } {
  const reply = (state: State, ok: boolean): { state: State; reply: MongoReply } => ({
    state,
    reply: { kind: 'appended', ok, last: lastOf(state.log), term: state.term },
  })
  if (request.set !== s.setName || request.term < s.term) return reply(s, false)
  const self = s.self ?? selfIn(request.config, s.port, ctx)
  const changed = s.config?.version !== request.config.version || s.term !== request.term
  let state: State = { ...s, config: request.config, term: request.term, heardMs: ctx.nowMs, ...(self !== undefined && { self }) }
  if (state.role !== 'secondary') state = become(state, 'secondary', ctx)
  state = { ...state, primary: request.primary }
  electionTimer(ctx)
  if (changed) writeKept(ctx.files, state)
  const mine = lastOf(state.log)
  if (request.whole) {
    const lost = state.log.filter((e) => request.entries[e.index - 1]?.term !== e.term).length
    if (lost > 0) log(ctx, 'I', 'ROLLBACK', 'Rollback finished', { entriesRolledBack: lost })
    replaceLog(ctx.files, s.dbPath, request.entries)
    return reply({ ...state, log: request.entries, databases: apply({}, request.entries) }, true)
  }
  const known = request.after.index === 0 ? 0 : state.log[request.after.index - 1]?.term
  if (known !== request.after.term || mine.index > request.after.index + request.entries.length) return reply(state, false)
  const fresh = request.entries.filter((e) => e.index > mine.index)
  if (fresh.length === 0) return reply(state, mine.index <= request.after.index + request.entries.length)
  appendLog(ctx.files, s.dbPath, fresh)
  return reply({ ...state, log: [...state.log, ...fresh], databases: apply(state.databases, fresh) }, true)
}
