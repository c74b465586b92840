/** Indices and documents over REST: create, delete, index, get, search, count, bulk. */
import type { Operation, State } from './contract.ts'
import { masterOf } from './coordination.ts'
import { change, matches, readShard, shardOf, write } from './documents.ts'
import { type Call, failed, json, noMaster, type Rest } from './rest.ts'

const NAME = /^[a-z0-9][a-z0-9._+-]*$/

function bodyOf(c: Call): unknown {
  if (c.request.body === undefined || c.request.body === '') return {}
  try {
    return JSON.parse(c.request.body)
  } catch {
    return undefined
  }
}

/** The route, or undefined when it is none of documents. */
export function documentRoute(c: Call): Rest | undefined {
  const [first, second, id] = c.parts
  const { method } = c.request
  if (first === '_bulk') return method === 'POST' || method === 'PUT' ? bulk(c, undefined) : undefined
  if (first === '_search' || first === '_count') return search(c, Object.keys(c.s.cluster?.indices ?? {}), first === '_count')
  if (first === '_refresh') return json(c, 200, { _shards: { total: 0, successful: 0, failed: 0 } })
  if (first === undefined || first.startsWith('_')) return undefined
  if (masterOf(c.s) === undefined && (method !== 'GET' || second === undefined)) return noMaster(c)
  if (c.s.cluster === undefined) return noMaster(c)
  if (second === undefined) return index(c, first)
  if (second === '_doc' || second === '_create')
    return method === 'GET' || method === 'HEAD'
      ? get(c, first, id ?? '')
      : method === 'DELETE'
        ? put(c, first, id ?? '', true)
        : put(c, first, id, false)
  if (second === '_search' || second === '_count') return exists(c, first) ? search(c, [first], second === '_count') : missing(c, first)
  if (second === '_bulk') return bulk(c, first)
  if (second === '_refresh' || second === '_flush') return json(c, 200, { _shards: { total: 1, successful: 1, failed: 0 } })
  return undefined
}

const exists = (c: Call, name: string): boolean => c.s.cluster?.indices[name] !== undefined
const missing = (c: Call, name: string): Rest => failed(c, 404, 'index_not_found_exception', `no such index [${name}]`, 2, { index: name })

function index(c: Call, name: string): Rest | undefined {
  const { method } = c.request
  if (method === 'HEAD' || method === 'GET')
    return exists(c, name)
      ? json(c, 200, {
          [name]: {
            settings: {
              index: {
                uuid: c.s.cluster!.indices[name]!.uuid,
                number_of_shards: String(c.s.cluster!.indices[name]!.shards.length),
                number_of_replicas: String(c.s.cluster!.indices[name]!.shards[0]?.replicas.length ?? 0),
              },
            },
          },
        })
      : missing(c, name)
  if (method === 'DELETE') {
    if (!exists(c, name)) return missing(c, name)
    const state = change(c.s, { kind: 'delete', name }, c.ctx)
    return state === undefined ? noMaster(c) : json(c, 200, { acknowledged: true }, 20, state)
  }
  if (method !== 'PUT') return undefined
  if (exists(c, name))
    return failed(c, 400, 'resource_already_exists_exception', `index [${name}/${c.s.cluster!.indices[name]!.uuid}] already exists`)
  if (!NAME.test(name)) return failed(c, 400, 'invalid_index_name_exception', `Invalid index name [${name}], must be lowercase`)
  const body = bodyOf(c) as { settings?: Record<string, unknown> & { index?: Record<string, unknown> } } | undefined
  if (body === undefined) return failed(c, 400, 'parse_exception', 'request body is not JSON')
  const number = (key: string): number =>
    Math.max(0, Number(body.settings?.[key] ?? body.settings?.index?.[key] ?? body.settings?.[`index.${key}`] ?? 1))
  const state = change(
    c.s,
    {
      kind: 'create',
      name,
      shards: Math.min(50, Math.max(1, number('number_of_shards'))),
      replicas: Math.min(10, number('number_of_replicas')),
    },
    c.ctx,
  )
  return state === undefined ? noMaster(c) : json(c, 200, { acknowledged: true, shards_acknowledged: true, index: name }, 60, state)
}

/** The state with the index there: made on the first write. */
function ensured(c: Call, s: State, name: string): State | undefined {
  if (s.cluster?.indices[name] !== undefined) return s
  return NAME.test(name) ? change(s, { kind: 'create', name, shards: 1, replicas: 1 }, c.ctx) : undefined
}

const current = (s: State, name: string, id: string, c: Call): Operation | undefined =>
  readShard(s, name, shardOf(id, s.cluster!.indices[name]!), c.ctx)?.find((d) => d.id === id)

function put(c: Call, name: string, given: string | undefined, remove: boolean): Rest {
  const source = remove ? undefined : bodyOf(c)
  if (!remove && (typeof source !== 'object' || source === null)) return failed(c, 400, 'document_parsing_exception', 'failed to parse')
  const state = ensured(c, c.s, name)
  if (state === undefined)
    return masterOf(c.s) === undefined ? noMaster(c) : failed(c, 400, 'invalid_index_name_exception', `Invalid index name [${name}]`)
  const id = given ?? newId(c, state.drawn)
  const before = given === undefined ? undefined : current(state, name, id, c)
  if (remove && before === undefined) return json(c, 404, { _index: name, _id: id, result: 'not_found' }, 2, state)
  if (c.parts[1] === '_create' && before !== undefined)
    return failed(
      c,
      409,
      'version_conflict_engine_exception',
      `[${id}]: version conflict, document already exists (current version [${before.version}])`,
    )
  const version = (before?.version ?? 0) + 1
  const shard = shardOf(id, state.cluster!.indices[name]!)
  const drawn = given === undefined ? { ...state, drawn: state.drawn + 1 } : state
  const done = write(drawn, name, shard, [{ id, version, ...(!remove && { source }) }], c.ctx)
  if (!done.ok) return { ...failed(c, 503, 'unavailable_shards_exception', done.reason, 60_000), state: done.state }
  return json(
    c,
    before === undefined ? 201 : 200,
    {
      _index: name,
      _id: id,
      _version: version,
      result: remove ? 'deleted' : before === undefined ? 'created' : 'updated',
      _shards: { total: done.total, successful: done.successful, failed: 0 },
      _seq_no: version - 1,
      _primary_term: 1,
    },
    8,
    done.state,
  )
}

/** Ids are told apart by how many this node has drawn: many are drawn at one instant. */
const newId = (c: Call, drawn: number): string =>
  `${Math.floor(c.ctx.nowMs).toString(36)}${Math.floor(c.ctx.random('document-id', drawn) * 2 ** 40).toString(36)}${drawn.toString(36)}`

function get(c: Call, name: string, id: string): Rest {
  if (!exists(c, name)) return missing(c, name)
  const documents = readShard(c.s, name, shardOf(id, c.s.cluster!.indices[name]!), c.ctx)
  if (documents === undefined)
    return failed(c, 503, 'no_shard_available_action_exception', `No shard available for [get [${name}][${id}]: routing [null]]`)
  const found = documents.find((d) => d.id === id)
  return found === undefined
    ? json(c, 404, { _index: name, _id: id, found: false })
    : json(c, 200, {
        _index: name,
        _id: id,
        _version: found.version,
        _seq_no: found.version - 1,
        _primary_term: 1,
        found: true,
        _source: found.source,
      })
}

const texts = new WeakMap<object, string>()

/** A document's text as a search over all fields sees it. */
function searchable(source: object): string {
  let text = texts.get(source)
  if (text === undefined) {
    text = JSON.stringify(source).toLowerCase()
    texts.set(source, text)
  }
  return text
}

function search(c: Call, names: readonly string[], countOnly: boolean): Rest {
  if (c.s.cluster === undefined) return noMaster(c)
  const body = bodyOf(c) as { query?: unknown; size?: number; from?: number } | undefined
  if (body === undefined) return failed(c, 400, 'parsing_exception', 'request body is not JSON')
  const q = c.params.get('q')
  const [field, wanted] = q?.includes(':') ? [q.slice(0, q.indexOf(':')), q.slice(q.indexOf(':') + 1)] : ['', q]
  const query =
    body.query ?? (q === undefined || q === '*' || q === '*:*' ? undefined : field === '' ? undefined : { match: { [field]: wanted } })
  const hits: { _index: string; _id: string; _score: number; _source: unknown }[] = []
  let [total, successful] = [0, 0]
  for (const name of names) {
    for (const [n] of c.s.cluster.indices[name]!.shards.entries()) {
      total++
      const documents = readShard(c.s, name, n, c.ctx)
      if (documents === undefined) continue
      successful++
      for (const d of documents) {
        const match = matches(d.source as Record<string, unknown>, query)
        if (match === undefined)
          return failed(
            c,
            400,
            'parsing_exception',
            `query [${Object.keys(query as object)[0]}] is not simulated by clusterlab; there are match_all, match, match_phrase, term`,
          )
        const free =
          q !== undefined && field === '' && q !== '*' && q !== '*:*' ? searchable(d.source as object).includes(q.toLowerCase()) : true
        if (match && free) hits.push({ _index: name, _id: d.id, _score: 1, _source: d.source })
      }
    }
  }
  const shards = { total, successful, skipped: 0, failed: total - successful }
  if (total > 0 && successful === 0) return failed(c, 503, 'search_phase_execution_exception', 'all shards failed')
  if (countOnly) return json(c, 200, { count: hits.length, _shards: shards })
  const from = Number(c.params.get('from') ?? body.from ?? 0)
  const size = Number(c.params.get('size') ?? body.size ?? 10)
  return json(
    c,
    200,
    {
      took: 3,
      timed_out: false,
      _shards: shards,
      hits: { total: { value: hits.length, relation: 'eq' }, max_score: hits.length > 0 ? 1 : null, hits: hits.slice(from, from + size) },
    },
    5,
  )
}

/** `_bulk`: action lines and documents. */
function bulk(c: Call, fallback: string | undefined): Rest {
  const lines = (c.request.body ?? '').split('\n').filter((l) => l.trim() !== '')
  const items: unknown[] = []
  let state = c.s
  let errors = false
  if (masterOf(state) === undefined) return noMaster(c)
  for (let i = 0; i < lines.length; i++) {
    let action: Record<string, { _index?: string; _id?: string }>
    let source: unknown
    try {
      action = JSON.parse(lines[i]!) as typeof action
      if (!('delete' in action)) source = JSON.parse(lines[++i] ?? '')
    } catch {
      return failed(c, 400, 'illegal_argument_exception', `Malformed action/metadata line [${i + 1}], expected START_OBJECT`)
    }
    const [kind = 'index', meta = {}] = Object.entries(action)[0] ?? []
    const name = meta._index ?? fallback ?? ''
    const ready = ensured(c, state, name)
    if (ready === undefined) return failed(c, 400, 'action_request_validation_exception', 'Validation Failed: 1: index is missing;')
    const id = meta._id ?? newId(c, ready.drawn)
    // An id that was just drawn has no document yet.
    const version = meta._id === undefined ? 1 : (current(ready, name, id, c)?.version ?? 0) + 1
    const done = write(
      meta._id === undefined ? { ...ready, drawn: ready.drawn + 1 } : ready,
      name,
      shardOf(id, ready.cluster!.indices[name]!),
      [{ id, version, ...(kind !== 'delete' && { source }) }],
      c.ctx,
    )
    state = done.state
    errors ||= !done.ok
    items.push({
      [kind]: done.ok
        ? {
            _index: name,
            _id: id,
            _version: version,
            result: kind === 'delete' ? 'deleted' : version === 1 ? 'created' : 'updated',
            status: version === 1 ? 201 : 200,
            _shards: { total: done.total, successful: done.successful, failed: 0 },
          }
        : { _index: name, _id: id, status: 503, error: { type: 'unavailable_shards_exception', reason: done.reason } },
    })
  }
  return json(c, 200, { took: 5, errors, items }, 10, state)
}
