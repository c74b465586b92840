/** Commands of a server: reads, writes with their write concern, users, and those about the replica set. */
import { sha256 } from '../../lib/hash.ts'
import { remembered } from '../../lib/remembered.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { aggregated } from './aggregate.ts'
import {
  type Doc,
  isObject,
  type Json,
  type LogEntry,
  MongoError,
  type MongoRequest,
  type SetConfig,
  type State,
  type User,
} from './contract.ts'
import { keyOf, matches, projected, sorted, updated } from './documents.ts'
import { initiate, majority, others, reconfigured, replicate, stepDown } from './replica-set.ts'
import { appendLog, apply, documentsOf, lastOf } from './store.ts'

interface Progress {
  state: State
  /** A write that waits for a majority that is not there. */
  hangs: boolean
  ms: number
}

type Handler = (at: Progress, db: string, command: Doc, ctx: ProcessContext) => Doc

export const hashPassword = remembered(100, (password) => sha256(sha256(password)))
const users = (s: State): readonly User[] => documentsOf(s, 'admin', 'system.users') as unknown as User[]

/** Serves a connection. Undefined results: it never answers. */
export function serve(
  s: State,
  request: Extract<MongoRequest, { kind: 'commands' }>,
  ctx: ProcessContext,
): { state: State; results: readonly Doc[]; hangs: boolean; ms: number } | 'denied' {
  const { credentials } = request
  const known = users(s)
  if (credentials !== undefined && !known.some((u) => u.user === credentials.user && u.hash === hashPassword(credentials.password)))
    return 'denied'
  // Until the first user is made, who sits on the machine may do all.
  const trusted = !s.auth || credentials !== undefined || known.length === 0
  const at: Progress = { state: s, hangs: false, ms: 1 }
  const results: Doc[] = []
  for (const { db, command } of request.commands) {
    const name = Object.keys(command)[0] ?? ''
    at.ms += 0.3
    results.push(guarded(at, db, name, command, trusted, ctx))
    if (at.hangs) break
  }
  return { state: at.state, results, hangs: at.hangs, ms: at.ms }
}

const FREE = new Set(['ping', 'hello', 'isMaster', 'buildInfo'])

function guarded(at: Progress, db: string, name: string, command: Doc, trusted: boolean, ctx: ProcessContext): Doc {
  const failed = (code: number, codeName: string, errmsg: string): Doc => ({ ok: 0, errmsg, code, codeName })
  const handler = COMMANDS[name]
  if (!trusted && !FREE.has(name)) return failed(13, 'Unauthorized', `Command ${name} requires authentication`)
  if (handler === undefined) return failed(59, 'CommandNotFound', `no such command: '${name}' (or it is not simulated by clusterlab)`)
  try {
    return { ...handler(at, db, command, ctx), ok: 1 }
  } catch (error) {
    if (error instanceof MongoError) return failed(error.code, error.codeName, error.message)
    if (error instanceof FileError)
      return failed(14031, 'OutOfDiskSpace', `available disk space is less than required minimum: ${error.message}`)
    throw error
  }
}

function needReadable(s: State): void {
  if (s.role === 'startup') throw new MongoError(13436, 'NotPrimaryOrSecondary', 'node is not in primary or recovering state')
}
function needPrimary(s: State): void {
  needReadable(s)
  if (s.role === 'secondary') throw new MongoError(10107, 'NotWritablePrimary', 'not primary')
}

type Write = Pick<LogEntry, 'collection' | 'id' | 'doc'>

/** Brings writes into the log, and waits for as many members as the write concern wants. */
function write(at: Progress, db: string, writes: readonly Write[], command: Doc, ctx: ProcessContext): Doc {
  if (writes.length === 0) return {}
  const s = at.state
  const from = lastOf(s.log).index
  const entries = writes.map((w, i): LogEntry => ({ index: from + 1 + i, term: s.term, db, ...w }))
  appendLog(ctx.files, s.dbPath, entries)
  const bytes = s.bytes + entries.reduce((sum, e) => sum + JSON.stringify(e).length, 0)
  at.state = { ...s, log: [...s.log, ...entries], databases: apply(s.databases, entries), bytes }
  ctx.memory(BASE_BYTES + bytes)
  at.ms += 1
  if (s.role !== 'primary') return {}
  const sent = replicate(at.state, ctx)
  at.state = sent.state
  const concern = isObject(command['writeConcern']) ? command['writeConcern'] : {}
  const w = concern['w'] ?? 'majority'
  const needed = w === 'majority' ? majority(at.state) : Number(w)
  if (needed > 1) at.ms += 2
  if (sent.having >= needed) return {}
  if (typeof w === 'number' && needed > others(at.state).length + 1)
    return { writeConcernError: { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' } }
  const timeout = Number(concern['wtimeout'] ?? 0)
  // Without a timeout it waits as long as the majority is away.
  if (timeout === 0) at.hangs = true
  at.ms += timeout
  return {
    writeConcernError: {
      code: 64,
      codeName: 'WriteConcernTimeout',
      errmsg: 'waiting for replication timed out',
      errInfo: { wtimeout: true },
    },
  }
}

export const BASE_BYTES = 130 * 1024 * 1024

const found = (s: State, db: string, collection: string, filter: Doc): readonly Doc[] => {
  const { _id } = filter
  if (_id !== undefined && Object.keys(filter).length === 1 && (!isObject(_id) || '$oid' in _id)) {
    const one = s.databases[db]?.[collection]?.[keyOf(_id)]
    return one === undefined ? [] : [one]
  }
  return documentsOf(s, db, collection).filter((d) => matches(d, filter))
}

const docs = (v: Json | undefined): readonly Doc[] => (v ?? []) as readonly Doc[]
const object = (v: Json | undefined): Doc => (isObject(v) ? v : {})
const ALPHABET = '0123456789abcdef'

const newId = (ctx: ProcessContext, n: number): Json => ({
  $oid:
    Math.floor(ctx.nowMs / 1000).toString(16) +
    Array.from({ length: 16 }, (_, i) => ALPHABET[Math.floor(ctx.random(`oid/${ctx.nowMs}/${n}`, i) * 16)]).join(''),
})

const COMMANDS: Readonly<Record<string, Handler>> = {
  ping: () => ({}),
  buildInfo: (_at, _db, _c, ctx) => ({ version: ctx.env['MONGO_VERSION'] ?? '8.0.13' }),
  hello,
  isMaster: hello,
  insert: (at, db, c, ctx) => {
    needPrimary(at.state)
    const collection = String(c['insert'])
    const taken = new Set(Object.keys(at.state.databases[db]?.[collection] ?? {}))
    const writes: Write[] = []
    const errors: Doc[] = []
    const ids: Json[] = []
    for (const [i, given] of docs(c['documents']).entries()) {
      const _id = given['_id'] ?? newId(ctx, lastOf(at.state.log).index + i)
      const id = keyOf(_id)
      if (taken.has(id)) {
        const errmsg = `E11000 duplicate key error collection: ${db}.${collection} index: _id_ dup key: { _id: ${JSON.stringify(_id)} }`
        errors.push({ index: i, code: 11000, errmsg })
        break
      }
      taken.add(id)
      ids.push(_id)
      writes.push({ collection, id, doc: { _id, ...given } })
    }
    return { n: writes.length, ids, ...write(at, db, writes, c, ctx), ...(errors.length > 0 && { writeErrors: errors }) }
  },
  find: (at, db, c) => {
    needReadable(at.state)
    const all = sorted(found(at.state, db, String(c['find']), object(c['filter'])), object(c['sort']))
    const from = Number(c['skip'] ?? 0)
    const limit = Number(c['limit'] ?? 0)
    return {
      cursor: { firstBatch: all.slice(from, limit > 0 ? from + limit : undefined).map((d) => projected(d, object(c['projection']))) },
    }
  },
  aggregate: (at, db, c) => {
    needReadable(at.state)
    const pipeline = Array.isArray(c['pipeline']) ? (c['pipeline'] as readonly Json[]) : []
    return { cursor: { firstBatch: aggregated(found(at.state, db, String(c['aggregate']), {}), pipeline) } }
  },
  count: (at, db, c) => {
    needReadable(at.state)
    return { n: found(at.state, db, String(c['count']), object(c['query'])).length }
  },
  update: (at, db, c, ctx) => {
    needPrimary(at.state)
    const collection = String(c['update'])
    const [u] = docs(c['updates'])
    const all = found(at.state, db, collection, object(u!['q']))
    const chosen = u!['multi'] ? all : all.slice(0, 1)
    const writes: Write[] = []
    for (const d of chosen) {
      const next = updated(d, object(u!['u']))
      if (JSON.stringify(next) !== JSON.stringify(d)) writes.push({ collection, id: keyOf(d['_id']!), doc: next })
    }
    let upserted: Json = null
    if (chosen.length === 0 && u!['upsert']) {
      const plain = Object.fromEntries(
        Object.entries(object(u!['q'])).filter(([k, v]) => !k.startsWith('$') && (!isObject(v) || '$oid' in v)),
      )
      upserted = plain['_id'] ?? newId(ctx, lastOf(at.state.log).index)
      const doc = updated({ _id: upserted, ...plain, ...object(object(u!['u'])['$setOnInsert']) }, object(u!['u']))
      writes.push({ collection, id: keyOf(upserted), doc })
    }
    const modified = upserted === null ? writes.length : 0
    return { n: chosen.length, nModified: modified, upserted, ...write(at, db, writes, c, ctx) }
  },
  delete: (at, db, c, ctx) => {
    needPrimary(at.state)
    const collection = String(c['delete'])
    const [d] = docs(c['deletes'])
    const all = found(at.state, db, collection, object(d!['q']))
    const chosen = Number(d!['limit'] ?? 0) === 1 ? all.slice(0, 1) : all
    const writes = chosen.map((x): Write => ({ collection, id: keyOf(x['_id']!), doc: null }))
    return { n: writes.length, ...write(at, db, writes, c, ctx) }
  },
  drop: (at, db, c, ctx) => {
    needPrimary(at.state)
    const collection = String(c['drop'])
    const there = at.state.databases[db]?.[collection] !== undefined
    return { dropped: there, ...write(at, db, there ? [{ collection, id: '*', doc: null }] : [], c, ctx) }
  },
  dropDatabase: (at, db, c, ctx) => {
    needPrimary(at.state)
    const writes = Object.keys(at.state.databases[db] ?? {}).map((collection): Write => ({ collection, id: '*', doc: null }))
    return { dropped: db, ...write(at, db, writes, c, ctx) }
  },
  listCollections: (at, db) => {
    needReadable(at.state)
    return { names: Object.keys(at.state.databases[db] ?? {}).sort() }
  },
  listDatabases: (at) => {
    needReadable(at.state)
    return { names: [...new Set(['admin', 'config', 'local', ...Object.keys(at.state.databases)])].sort() }
  },
  createUser: (at, _db, c, ctx) => {
    needPrimary(at.state)
    const user = String(c['createUser'])
    if (users(at.state).some((u) => u.user === user)) throw new MongoError(51003, 'Location51003', `User "${user}@${_db}" already exists`)
    const doc: Doc = { _id: `admin.${user}`, user, hash: hashPassword(String(c['pwd'])), roles: c['roles'] ?? [] }
    return write(at, 'admin', [{ collection: 'system.users', id: keyOf(doc['_id']!), doc }], c, ctx)
  },
  replSetInitiate: (at, _db, c, ctx) => {
    const s = at.state
    if (s.setName === undefined) throw new MongoError(76, 'NoReplicationEnabled', 'This node was not started with replication enabled.')
    const given = object(c['replSetInitiate'])
    const members = docs(given['members'])
    const config: SetConfig = {
      set: String(given['_id'] ?? s.setName),
      version: 1,
      members:
        members.length === 0
          ? [{ _id: 0, host: `${ctx.hostname}:${s.port}`, priority: 1 }]
          : members.map((m, i) => ({
              _id: Number(m['_id'] ?? i),
              host: withPort(String(m['host'])),
              priority: Number(m['priority'] ?? 1),
            })),
    }
    at.state = initiate(s, config, ctx)
    return {}
  },
  replSetReconfig: (at, _db, c, ctx) => {
    needPrimary(at.state)
    const config = c['replSetReconfig'] as unknown as SetConfig
    at.state = reconfigured(
      at.state,
      { ...config, version: at.state.config!.version + 1, members: config.members.map((m) => ({ ...m, host: withPort(m.host) })) },
      ctx,
    )
    return {}
  },
  replSetGetConfig: (at) => ({ config: needConfig(at.state) as unknown as Json }),
  replSetGetStatus: (at, _db, _c, ctx) => status(at.state, ctx),
  replSetStepDown: (at, _db, _c, ctx) => {
    at.state = stepDown(at.state, ctx)
    return {}
  },
}

const withPort = (host: string): string => (/:\d+$/.test(host) ? host : `${host}:27017`)

function needConfig(s: State): SetConfig {
  if (s.setName === undefined) throw new MongoError(76, 'NoReplicationEnabled', 'not running with --replSet')
  if (s.config === undefined) throw new MongoError(94, 'NotYetInitialized', 'no replset config has been received')
  return s.config
}

function hello({ state: s }: Progress): Doc {
  const set: Doc =
    s.config === undefined
      ? {}
      : {
          setName: s.config.set,
          hosts: s.config.members.map((m) => m.host),
          ...(s.primary && { primary: s.primary }),
          ...(s.self && { me: s.self }),
        }
  return {
    isWritablePrimary: s.role === 'primary' || s.role === 'standalone',
    secondary: s.role === 'secondary',
    ...set,
    maxBsonObjectSize: 16_777_216,
    readOnly: false,
  }
}

/** What this member knows of the others: the primary what it hears, a secondary only of its primary. */
function status(s: State, ctx: ProcessContext): Doc {
  const config = needConfig(s)
  const members = config.members.map((m): Doc => {
    const own = m.host === s.self
    const heardMs = s.peers[m.host]?.heardMs ?? (m.host === s.primary ? s.heardMs : undefined)
    const alive =
      own ||
      (s.role === 'primary'
        ? heardMs !== undefined && ctx.nowMs - heardMs < 10_000
        : m.host !== s.primary || ctx.nowMs - s.heardMs < 10_000)
    const state = !alive ? 8 : m.host === s.primary || (own && s.role === 'primary') ? 1 : 2
    return {
      _id: m._id,
      name: m.host,
      health: alive ? 1 : 0,
      state,
      stateStr: state === 1 ? 'PRIMARY' : state === 2 ? 'SECONDARY' : '(not reachable/healthy)',
      ...(own || s.peers[m.host] !== undefined ? { optime: { ...(own ? lastOf(s.log) : s.peers[m.host]!.last) } } : {}),
      ...(own && { self: true }),
    }
  })
  return { set: config.set, myState: s.role === 'primary' ? 1 : 2, term: s.term, majorityVoteCount: majority(s), members }
}
