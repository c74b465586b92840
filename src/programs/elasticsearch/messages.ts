/** Elasticsearch's log, as JSON lines like the image writes them, and the sentences of cluster formation. */
import { isoTime } from '../text/times.ts'
import type { NodeInfo, State } from './contract.ts'
import { acceptedOf } from './election.ts'

export type Level = 'INFO' | 'WARN' | 'ERROR'

export function logLine(
  nowMs: number,
  version: string,
  level: Level,
  logger: string,
  text: string,
  s: { readonly nodeName: string; readonly clusterName: string },
): string {
  if (version.startsWith('7')) {
    const short = logger
      .split('.')
      .map((p, i, all) => (i < all.length - 1 ? p[0] : p))
      .join('.')
    return JSON.stringify({
      type: 'server',
      timestamp: isoTime(nowMs, ','),
      level,
      component: short,
      'cluster.name': s.clusterName,
      'node.name': s.nodeName,
      message: text,
    })
  }
  return JSON.stringify({
    '@timestamp': isoTime(nowMs),
    'log.level': level.padEnd(4),
    message: text,
    'ecs.version': '1.2.0',
    'service.name': 'ES_ECS',
    'event.dataset': 'elasticsearch.server',
    'process.thread.name': `elasticsearch[${s.nodeName}][generic][T#1]`,
    'log.logger': logger,
    'elasticsearch.node.name': s.nodeName,
    'elasticsearch.cluster.name': s.clusterName,
  })
}

export const FORMATION = 'org.elasticsearch.cluster.coordination.ClusterFormationFailureHelper'
export const COORDINATOR = 'org.elasticsearch.cluster.coordination.Coordinator'
export const MASTER = 'org.elasticsearch.cluster.service.MasterService'
export const APPLIER = 'org.elasticsearch.cluster.service.ClusterApplierService'
export const NODE = 'org.elasticsearch.node.Node'
export const BOOTSTRAP = 'org.elasticsearch.bootstrap.BootstrapChecks'
export const JOIN = 'org.elasticsearch.cluster.coordination.JoinHelper'

const letters: Record<string, string> = {
  data: 'd',
  data_cold: 'c',
  data_content: 's',
  data_frozen: 'f',
  data_hot: 'h',
  data_warm: 'w',
  ingest: 'i',
  master: 'm',
  ml: 'l',
  remote_cluster_client: 'r',
  transform: 't',
  voting_only: 'v',
}
export const roleLetters = (n: Pick<NodeInfo, 'roles'>): string =>
  n.roles
    .map((r) => letters[r] ?? '')
    .sort()
    .join('') || '-'
export const describe = (n: NodeInfo): string =>
  `{${n.name}}{${n.id}}{${n.ephemeralId}}{${n.name}}{${n.ip}}{${n.ip}:${n.port}}{${roleLetters(n)}}`

/** Why there is no master: what ClusterFormationFailureHelper says every ten seconds. */
export function formationFailure(s: State, addresses: readonly string[]): string {
  const found = [s.me, ...s.peers.filter((p) => p.id !== s.me.id)]
  const discovered = `have discovered [${found.map(describe).join(', ')}]`
  const accepted = acceptedOf(s.cluster)
  const known = (s.cluster?.nodes ?? [s.me]).map(describe).join(', ')
  const tail = `; discovery will continue using [${addresses.join(', ')}] from hosts providers and [${known}] from last-known cluster state; node term ${s.term}, last-accepted version ${accepted.version} in term ${accepted.term}; for troubleshooting guidance, see https://www.elastic.co/guide/en/elasticsearch/reference/8.15/discovery-troubleshooting.html`
  const voting = s.cluster?.voting ?? s.bootstrapped
  if (!s.me.roles.includes('master')) return `master not discovered yet: ${discovered}${tail}`
  if (voting === undefined) {
    const names = s.settings.initialMasterNodes
    return names.length === 0
      ? `master not discovered yet, this node has not previously joined a bootstrapped cluster, and [cluster.initial_master_nodes] is empty on this node: ${discovered}${tail}`
      : `master not discovered yet, this node has not previously joined a bootstrapped cluster, and this node must discover master-eligible nodes [${names.join(', ')}] to bootstrap a cluster: ${discovered}${tail}`
  }
  const need = Math.floor(voting.length / 2) + 1
  const who =
    voting.length === 1
      ? `an election requires a node with id [${voting[0]}]`
      : need === voting.length
        ? `an election requires ${need} nodes with ids [${voting.join(', ')}]`
        : `an election requires at least ${need} nodes with ids from [${voting.join(', ')}]`
  const quorum = found.filter((f) => voting.includes(f.id)).length >= need
  return `master not discovered or elected yet, ${who}, have ${quorum ? 'discovered possible quorum' : 'only discovered non-quorum'} [${found.map(describe).join(', ')}]${tail}`
}

export const TAGLINE = 'You Know, for Search'
