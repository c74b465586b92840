/** The `_cat` API: tables for people. */
import { countShards } from './allocation.ts'
import type { NodeInfo } from './contract.ts'
import { masterOf } from './coordination.ts'
import { readShard } from './documents.ts'
import { roleLetters } from './messages.ts'
import { type Call, failed, noMaster, type Rest, unsupported } from './rest.ts'

function table(c: Call, columns: readonly string[], rows: readonly Readonly<Record<string, string>>[]): Rest {
  const chosen = c.params.get('h')?.split(',') ?? columns
  const unknown = chosen.find((h) => !columns.includes(h) && rows.length > 0 && rows[0]![h] === undefined)
  if (unknown !== undefined)
    return failed(c, 400, 'illegal_argument_exception', `unknown column [${unknown}]; clusterlab knows [${columns.join(', ')}]`)
  if (c.params.get('format') === 'json') {
    return {
      state: c.s,
      ms: 2,
      reply: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rows.map((r) => Object.fromEntries(chosen.map((h) => [h, r[h] ?? ''])))),
      },
    }
  }
  const head = c.params.has('v') && c.params.get('v') !== 'false'
  const lines = [...(head ? [chosen] : []), ...rows.map((r) => chosen.map((h) => r[h] ?? ''))]
  const widths = chosen.map((_, i) => Math.max(...lines.map((l) => l[i]!.length), 0))
  const body = lines
    .map(
      (l) =>
        `${l
          .map((v, i) => v.padEnd(widths[i]!))
          .join(' ')
          .trimEnd()}\n`,
    )
    .join('')
  return { state: c.s, ms: 2, reply: { status: 200, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body } }
}

export function cat(c: Call): Rest {
  const { s } = c
  if (masterOf(s) === undefined) return noMaster(c)
  const cluster = s.cluster!
  const nameOf = (id: string | null): NodeInfo | undefined => cluster.nodes.find((n) => n.id === id)
  switch (c.parts[1]) {
    case 'nodes':
      return table(
        c,
        ['ip', 'heap.percent', 'ram.percent', 'cpu', 'load_1m', 'load_5m', 'load_15m', 'node.role', 'master', 'name'],
        cluster.nodes.map((n) => ({
          ip: n.ip,
          'heap.percent': '-',
          'ram.percent': '-',
          cpu: '-',
          load_1m: '-',
          load_5m: '-',
          load_15m: '-',
          'node.role': roleLetters(n),
          master: n.id === cluster.masterId ? '*' : '-',
          name: n.name,
          id: n.id.slice(0, 4),
        })),
      )
    case 'master': {
      const m = masterOf(s)!
      return table(c, ['id', 'host', 'ip', 'node'], [{ id: m.id, host: m.ip, ip: m.ip, node: m.name }])
    }
    case 'health': {
      const counts = countShards(Object.values(cluster.indices))
      const data = cluster.nodes.filter((n) => n.roles.some((r) => r.startsWith('data'))).length
      return table(
        c,
        ['epoch', 'cluster', 'status', 'node.total', 'node.data', 'shards', 'pri', 'unassign'],
        [
          {
            epoch: String(Math.floor(c.ctx.nowMs / 1000)),
            cluster: s.settings.clusterName,
            status: counts.status,
            'node.total': String(cluster.nodes.length),
            'node.data': String(data),
            shards: String(counts.active),
            pri: String(counts.primaries),
            unassign: String(counts.unassigned),
          },
        ],
      )
    }
    case 'indices':
      return table(
        c,
        ['health', 'status', 'index', 'uuid', 'pri', 'rep', 'docs.count', 'docs.deleted'],
        Object.entries(cluster.indices)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, index]) => ({
            health: countShards([index]).status,
            status: 'open',
            index: name,
            uuid: index.uuid,
            pri: String(index.shards.length),
            rep: String(index.shards[0]?.replicas.length ?? 0),
            'docs.count': String(index.shards.reduce((n, _, i) => n + (readShard(s, name, i, c.ctx)?.length ?? 0), 0)),
            'docs.deleted': '0',
          })),
      )
    case 'shards':
      return table(
        c,
        ['index', 'shard', 'prirep', 'state', 'ip', 'node'],
        Object.entries(cluster.indices).flatMap(([name, index]) =>
          index.shards.flatMap((shard, n) =>
            [shard.primary, ...shard.replicas].map((id, i) => ({
              index: name,
              shard: String(n),
              prirep: i === 0 ? 'p' : 'r',
              state: id === null ? 'UNASSIGNED' : 'STARTED',
              ip: nameOf(id)?.ip ?? '',
              node: nameOf(id)?.name ?? '',
            })),
          ),
        ),
      )
    default:
      return unsupported(c)
  }
}
