/** When every fault has ended and every obstacle is taken away, a cluster comes back to what was declared. */
import type { Deployment } from '../../src/api/generated/types/apps-v1.ts'
import type { World } from '../../src/cluster/world.ts'
import type { Session } from '../../src/session/session.ts'
import { brokenInvariants } from './invariants.ts'

/** Longer than unreachable tolerations, back-offs and a boot together. */
const HEALING_MS = 1_500_000
const GOOD = /^(docker\.io\/library\/)?(nginx|redis|traefik\/whoami)(:[\w.]+)?$/

const CLEARING = [
  'kubectl delete quota --all',
  'kubectl delete pdb --all',
  'kubectl uncordon node-a node-b node-c',
  'kubectl taint nodes --all soak-',
  'kubectl delete limitrange --all',
]

function heal(session: Session): void {
  const { fleet } = session.world
  for (const node of fleet.nodes) {
    session.fault({ kind: 'start', target: { node } })
    session.fault({ kind: 'mend', target: { node } })
  }
  for (const command of CLEARING) session.run(command)
  session.advance(60_000)
  // What hangs does not heal by itself where nobody probes it.
  for (const app of ['web', 'shop', 'cache']) session.fault({ kind: 'kill', target: { pods: { app } } })
  session.advance(HEALING_MS)
}

function isServed(deployment: Deployment): string | undefined {
  const { spec, status, metadata } = deployment
  const images = spec?.template.spec?.containers.map((c) => c.image ?? '') ?? []
  if (spec?.paused || metadata.deletionTimestamp || !images.every((i) => GOOD.test(i))) return undefined
  const wanted = spec?.replicas ?? 1
  const { availableReplicas = 0, updatedReplicas = 0, replicas = 0, observedGeneration } = status ?? {}
  if (availableReplicas === wanted && updatedReplicas === wanted && replicas === wanted && observedGeneration === metadata.generation)
    return undefined
  return `deployment ${metadata.namespace}/${metadata.name}: ${wanted} wanted, status ${JSON.stringify(status)}`
}

export function notDeclared(world: World): string[] {
  const { read } = world.cluster
  const found: string[] = []
  for (const node of read.list('nodes')) {
    const ready = node.status?.conditions?.find((c) => c.type === 'Ready')?.status
    if (ready !== 'True') found.push(`node ${node.metadata.name} is ${ready} after healing`)
    for (const taint of node.spec?.taints ?? [])
      if (/not-ready|unreachable/.test(taint.key)) found.push(`node ${node.metadata.name} still has taint ${taint.key}`)
  }
  for (const deployment of read.list('deployments.apps')) {
    if (read.get('namespaces', undefined, deployment.metadata.namespace!)?.metadata.deletionTimestamp) continue
    const wrong = isServed(deployment)
    if (wrong !== undefined) found.push(wrong)
  }
  for (const rs of read.list('replicasets.apps')) {
    const live = read
      .ownedBy('pods', rs.metadata.uid!)
      .filter((p) => !p.metadata.deletionTimestamp && p.status?.phase !== 'Failed' && p.status?.phase !== 'Succeeded')
    if (!rs.metadata.deletionTimestamp && live.length !== (rs.spec?.replicas ?? 1))
      found.push(`replicaset ${rs.metadata.name} has ${live.length} pods, wants ${rs.spec?.replicas}`)
  }
  for (const set of read.list('statefulsets.apps')) {
    const { replicas = 0, readyReplicas = 0 } = set.status ?? {}
    if (!set.metadata.deletionTimestamp && (replicas !== (set.spec?.replicas ?? 1) || readyReplicas !== replicas))
      found.push(`statefulset ${set.metadata.name}: ${set.spec?.replicas} wanted, status ${JSON.stringify(set.status)}`)
  }
  for (const set of read.list('daemonsets.apps')) {
    const { desiredNumberScheduled = 0, numberReady = 0 } = set.status ?? {}
    if (!set.metadata.deletionTimestamp && desiredNumberScheduled !== numberReady)
      found.push(`daemonset ${set.metadata.name}: ${desiredNumberScheduled} wanted, ${numberReady} ready`)
  }
  for (const pod of read.list('pods'))
    if (pod.metadata.deletionTimestamp && !pod.metadata.finalizers?.length)
      found.push(`pod ${pod.metadata.name} has been terminating since ${pod.metadata.deletionTimestamp}`)
  return found
}

/** What has not come back to what was declared; the session is used up. */
export function unhealed(session: Session): string | undefined {
  heal(session)
  return [...notDeclared(session.world), ...brokenInvariants(session.world)][0]
}
