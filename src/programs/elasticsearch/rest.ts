/** Elasticsearch's REST API on 9200, as far as it is simulated: cluster, cat, indices, documents, search. What is not says so. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { formValues } from '../text/http.ts'
import { countShards } from './allocation.ts'
import { cat } from './cat.ts'
import { isData, type State } from './contract.ts'
import { masterOf } from './coordination.ts'
import { TAGLINE } from './messages.ts'
import { documentRoute } from './rest-documents.ts'

export interface Rest {
  readonly state: State
  readonly reply: HttpReply
  readonly ms: number
}

export interface Call {
  readonly s: State
  readonly ctx: ProcessContext
  readonly request: HttpRequest
  readonly parts: readonly string[]
  readonly params: ReadonlyMap<string, string>
}

const MASTER_TIMEOUT_MS = 30_000

export const json = (c: Call, status: number, value: unknown, ms = 2, state: State = c.s): Rest => {
  const pretty = c.params.has('pretty') && c.params.get('pretty') !== 'false'
  const body = pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value)
  return {
    state,
    ms,
    reply: {
      status,
      headers: {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
        'content-length': String(Buffer.byteLength(body)),
      },
      body: c.request.method === 'HEAD' ? '' : body,
    },
  }
}

export const failed = (c: Call, status: number, type: string, reason: string | null, ms = 2, more: Record<string, unknown> = {}): Rest =>
  json(c, status, { error: { root_cause: [{ type, reason, ...more }], type, reason, ...more }, status }, ms)

export const noMaster = (c: Call): Rest =>
  failed(c, 503, 'master_not_discovered_exception', null, timeMs(c.params.get('master_timeout')) ?? MASTER_TIMEOUT_MS)

/** `30s`, `500ms`, `1m`. */
function timeMs(text: string | undefined): number | undefined {
  const match = /^(\d+)(ms|s|m)$/.exec(text ?? '')
  return match ? Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as 's'] : undefined
}

/** Answers a request. */
export function rest(s: State, request: HttpRequest, ctx: ProcessContext): Rest {
  const [path = '/', query = ''] = request.path.split('?')
  const call: Call = {
    s,
    ctx,
    request,
    parts: path
      .split('/')
      .filter(Boolean)
      .map((p) => decodeURIComponentSafe(p)),
    params: formValues(query),
  }
  if (s.settings.security) {
    const refused = unauthenticated(call)
    if (refused !== undefined) return refused
  }
  const [first, second] = call.parts
  if (first === undefined) return root(call)
  if (first === '_cluster')
    return second === 'health'
      ? health(call)
      : second === 'state'
        ? clusterState(call)
        : second === 'stats'
          ? stats(call)
          : unsupported(call)
  if (first === '_cat') return cat(call)
  if (first === '_nodes') return nodes(call)
  return documentRoute(call) ?? unsupported(call)
}

const decodeURIComponentSafe = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const unsupported = (c: Call): Rest =>
  failed(
    c,
    400,
    'illegal_argument_exception',
    `request [${c.request.path}] is not simulated by clusterlab; there are /, _cluster/{health,state,stats}, _cat/{nodes,master,health,indices,shards}, _nodes, indices, _doc, _bulk, _search, _count`,
  )

function unauthenticated(c: Call): Rest | undefined {
  const basic = /^Basic (.+)$/i.exec(c.request.headers['authorization'] ?? '')?.[1]
  const password = c.ctx.env['ELASTIC_PASSWORD']
  if (basic === undefined)
    return failed(c, 401, 'security_exception', `missing authentication credentials for REST request [${c.request.path}]`)
  const given = Buffer.from(basic, 'base64').toString('utf8')
  return password !== undefined && given === `elastic:${password}`
    ? undefined
    : failed(c, 401, 'security_exception', `unable to authenticate user [${given.split(':')[0]}] for REST request [${c.request.path}]`)
}

function root(c: Call): Rest {
  const { s } = c
  const number = c.ctx.env['ELASTIC_VERSION'] ?? '8.15.3'
  const value = {
    name: s.me.name,
    cluster_name: s.settings.clusterName,
    cluster_uuid: s.cluster?.uuid ?? '_na_',
    version: {
      number,
      build_flavor: 'default',
      build_type: 'docker',
      build_snapshot: false,
      lucene_version: number.startsWith('7') ? '8.11.3' : '9.11.1',
      minimum_wire_compatibility_version: '7.17.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: TAGLINE,
  }
  const shown = json({ ...c, params: new Map([...c.params, ['pretty', '']]) }, 200, value)
  return shown
}

const RANK = { green: 0, yellow: 1, red: 2 } as const

function health(c: Call): Rest {
  const { s, params } = c
  const local = params.get('local') === 'true'
  if (masterOf(s) === undefined && !(local && s.cluster !== undefined)) {
    if (!local) return noMaster(c)
    return json(c, 200, {
      cluster_name: s.settings.clusterName,
      status: 'red',
      timed_out: false,
      number_of_nodes: 1,
      number_of_data_nodes: 1,
      discovered_master: false,
      has_discovered_master: false,
      active_primary_shards: 0,
      active_shards: 0,
      relocating_shards: 0,
      initializing_shards: 0,
      unassigned_shards: 0,
      active_shards_percent_as_number: Number.NaN,
    })
  }
  const cluster = s.cluster!
  const name = c.parts[2]
  if (name !== undefined && cluster.indices[name] === undefined)
    return failed(c, 404, 'index_not_found_exception', `no such index [${name}]`)
  const counts = countShards(name === undefined ? Object.values(cluster.indices) : [cluster.indices[name]!])
  const hasMaster = masterOf(s) !== undefined
  const status = hasMaster ? counts.status : 'red'
  const live = hasMaster ? cluster.nodes : [s.me]
  const wanted = params.get('wait_for_status') as keyof typeof RANK | undefined
  const wantedNodes = /^(>=|<=|>|<|ge\(|)?(\d+)/.exec(params.get('wait_for_nodes') ?? '')
  const enough =
    wantedNodes === null ||
    (wantedNodes[1] === '' || wantedNodes[1] === undefined
      ? live.length === Number(wantedNodes[2])
      : wantedNodes[1] === '<='
        ? live.length <= Number(wantedNodes[2])
        : wantedNodes[1] === '>'
          ? live.length > Number(wantedNodes[2])
          : live.length >= Number(wantedNodes[2]))
  const timedOut = (wanted !== undefined && RANK[wanted] !== undefined && RANK[status] > RANK[wanted]) || !enough
  const all = counts.active + counts.unassigned
  return json(
    c,
    timedOut ? 408 : 200,
    {
      cluster_name: s.settings.clusterName,
      status,
      timed_out: timedOut,
      number_of_nodes: live.length,
      number_of_data_nodes: live.filter(isData).length,
      active_primary_shards: counts.primaries,
      active_shards: counts.active,
      relocating_shards: 0,
      initializing_shards: 0,
      unassigned_shards: counts.unassigned,
      delayed_unassigned_shards: 0,
      number_of_pending_tasks: 0,
      number_of_in_flight_fetch: 0,
      task_max_waiting_in_queue_millis: 0,
      active_shards_percent_as_number: all === 0 ? 100 : (counts.active / all) * 100,
    },
    timedOut ? (timeMs(params.get('timeout')) ?? 30_000) : 2,
  )
}

function clusterState(c: Call): Rest {
  const { s } = c
  if (masterOf(s) === undefined && c.params.get('local') !== 'true') return noMaster(c)
  const cluster = s.cluster
  const master = masterOf(s)
  return json(c, 200, {
    cluster_name: s.settings.clusterName,
    cluster_uuid: cluster?.uuid ?? '_na_',
    version: cluster?.version ?? 0,
    state_uuid: cluster?.uuid ?? '_na_',
    master_node: master?.id ?? null,
    nodes: Object.fromEntries(
      (master ? cluster!.nodes : [s.me]).map((n) => [
        n.id,
        { name: n.name, ephemeral_id: n.ephemeralId, transport_address: `${n.ip}:${n.port}`, roles: n.roles },
      ]),
    ),
    metadata: {
      cluster_uuid: cluster?.uuid ?? '_na_',
      cluster_coordination: { term: s.term, last_committed_config: cluster?.voting ?? [], last_accepted_config: cluster?.voting ?? [] },
    },
  })
}

function stats(c: Call): Rest {
  if (masterOf(c.s) === undefined) return noMaster(c)
  const cluster = c.s.cluster!
  return json(c, 200, {
    cluster_name: c.s.settings.clusterName,
    cluster_uuid: cluster.uuid,
    status: countShards(Object.values(cluster.indices)).status,
    indices: { count: Object.keys(cluster.indices).length },
    nodes: { count: { total: cluster.nodes.length, master: cluster.nodes.filter((n) => n.roles.includes('master')).length } },
  })
}

function nodes(c: Call): Rest {
  const { s } = c
  const list = c.parts[1] === '_local' || masterOf(s) === undefined ? [s.me] : s.cluster!.nodes
  return json(c, 200, {
    _nodes: { total: list.length, successful: list.length, failed: 0 },
    cluster_name: s.settings.clusterName,
    nodes: Object.fromEntries(
      list.map((n) => [n.id, { name: n.name, transport_address: `${n.ip}:${n.port}`, host: n.ip, ip: n.ip, roles: n.roles }]),
    ),
  })
}
