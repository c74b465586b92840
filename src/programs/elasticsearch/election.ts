/** The rules of Elasticsearch's cluster coordination as pure decisions: who may bootstrap, what a quorum is, which votes count, how the voting configuration follows the nodes. */
import { type ClusterState, isMasterEligible, type NodeInfo, type Settings, type Standing } from './contract.ts'

export const isQuorum = (voting: readonly string[], ids: readonly string[]): boolean =>
  voting.length > 0 && voting.filter((v) => ids.includes(v)).length * 2 > voting.length

const PLACEHOLDER = '{bootstrap-placeholder}-'
const matches = (requirement: string, node: NodeInfo): boolean =>
  requirement === node.name || requirement === node.ip || requirement === `${node.ip}:${node.port}`

/**
 * The first voting configuration, once more than half of the nodes that cluster.initial_master_nodes names are found, this one among
 * them; names not found yet stay as placeholders that cannot vote. Undefined: not yet, or never.
 */
export function bootstrapVoting(
  s: Pick<Settings, 'initialMasterNodes' | 'singleNode'>,
  me: NodeInfo,
  found: readonly NodeInfo[],
): readonly string[] | undefined {
  if (!isMasterEligible(me)) return undefined
  if (s.singleNode) return [me.id]
  if (!s.initialMasterNodes.some((r) => matches(r, me))) return undefined
  const nodes = [me, ...found.filter((n) => n.id !== me.id && isMasterEligible(n))]
  const ids = s.initialMasterNodes.map((r) => nodes.find((n) => matches(r, n))?.id ?? `${PLACEHOLDER}${r}`)
  const unique = [...new Set(ids)]
  return unique.filter((id) => !id.startsWith(PLACEHOLDER)).length * 2 > unique.length ? unique : undefined
}

type Accepted = Standing['accepted']
const newer = (a: Accepted, b: Accepted): boolean => a.term > b.term || (a.term === b.term && a.version > b.version)

/** Whether a node with this standing gives its vote to a candidate. */
export function givesVote(
  voter: { readonly term: number; readonly accepted: Accepted; readonly uuid: string | undefined },
  candidate: { readonly term: number; readonly accepted: Accepted; readonly uuid: string | undefined },
): boolean {
  if (candidate.term <= voter.term) return false
  if (voter.uuid !== undefined && candidate.uuid !== voter.uuid) return false
  return !newer(voter.accepted, candidate.accepted)
}

/** Before an election: would it be won? Those who follow a master do not vote. */
export function wouldVote(
  answers: readonly Standing[],
  mine: { readonly term: number; readonly accepted: Accepted; readonly uuid: string | undefined },
): readonly Standing[] {
  const term = Math.max(mine.term, ...answers.map((a) => a.term)) + 1
  return answers.filter((a) => a.master === undefined && isMasterEligible(a.node) && givesVote(a, { ...mine, term }))
}

/** The voting configuration after nodes came or went: odd, at least three once there were three; live nodes first. */
export function reconfigured(voting: readonly string[], live: readonly NodeInfo[]): readonly string[] {
  const eligible = live
    .filter(isMasterEligible)
    .map((n) => n.id)
    .sort()
  const odd = (n: number): number => (n % 2 === 1 ? n : Math.max(0, n - 1))
  const size = Math.max(odd(eligible.length), voting.length >= 3 ? 3 : 1)
  const wanted = [
    ...voting.filter((v) => eligible.includes(v)),
    ...eligible.filter((e) => !voting.includes(e)),
    ...voting.filter((v) => !eligible.includes(v) && !v.startsWith(PLACEHOLDER)),
  ].slice(0, size)
  return wanted.length === voting.length && wanted.every((w) => voting.includes(w)) ? voting : wanted
}

export const acceptedOf = (cluster: ClusterState | undefined): Accepted => ({ term: cluster?.term ?? 0, version: cluster?.version ?? 0 })
