/** What must hold of every world at every quiet moment, whatever was done to it. Each gives what is wrong, in words. */

import { parseTime } from '../../src/api/rfc3339.ts'
import type { World } from '../../src/cluster/world.ts'
import { POD_RUN } from '../../src/node/records.ts'

const isOver = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

function addressesGivenTwice(world: World): string[] {
  const holders = new Map<string, string>()
  const found: string[] = []
  for (const pod of world.cluster.read.list('pods')) {
    const ip = pod.status?.podIP
    if (!ip || pod.spec?.hostNetwork || isOver(pod.status?.phase)) continue
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`
    const other = holders.get(ip)
    if (other !== undefined) found.push(`${ip} is given to ${other} and ${name}`)
    holders.set(ip, name)
  }
  for (const service of world.cluster.read.list('services')) {
    const ip = service.spec?.clusterIP
    if (!ip || ip === 'None') continue
    if (holders.has(ip)) found.push(`${ip} is given to ${holders.get(ip)} and service ${service.metadata.name}`)
    holders.set(ip, `service ${service.metadata.name}`)
  }
  return found
}

function podsOnTwoNodes(world: World): string[] {
  const nodes = new Map<string, string>()
  const found: string[] = []
  for (const key of world.store.cells.keys(POD_RUN)) {
    const [node, uid] = key.split('/') as [string, string]
    if (nodes.has(uid)) found.push(`pod ${uid} runs on ${nodes.get(uid)} and ${node}`)
    nodes.set(uid, node)
  }
  for (const pod of world.cluster.read.list('pods')) {
    const node = nodes.get(pod.metadata.uid!)
    if (node !== undefined && pod.spec?.nodeName !== node)
      found.push(`pod ${pod.metadata.name} is bound to ${pod.spec?.nodeName} and runs on ${node}`)
  }
  return found
}

function countsThatLie(world: World): string[] {
  const found: string[] = []
  for (const rs of world.cluster.read.list('replicasets.apps')) {
    const { replicas = 0, readyReplicas = 0, availableReplicas = 0, observedGeneration = 0 } = rs.status ?? {}
    const name = `replicaset ${rs.metadata.namespace}/${rs.metadata.name}`
    if (!(0 <= availableReplicas && availableReplicas <= readyReplicas && readyReplicas <= replicas))
      found.push(`${name}: ${availableReplicas} available of ${readyReplicas} ready of ${replicas}`)
    if (observedGeneration > (rs.metadata.generation ?? 0))
      found.push(`${name} observed generation ${observedGeneration} of ${rs.metadata.generation}`)
    const pods = world.cluster.read
      .ownedBy('pods', rs.metadata.uid!)
      .filter((p) => !isOver(p.status?.phase) && !p.metadata.deletionTimestamp)
    const wanted = rs.spec?.replicas ?? 1
    if (pods.length > Math.max(wanted, replicas)) found.push(`${name} owns ${pods.length} live pods, wants ${wanted}`)
  }
  for (const job of world.cluster.read.list('jobs.batch')) {
    const { active = 0, succeeded = 0, failed = 0 } = job.status ?? {}
    if (active < 0 || succeeded < 0 || failed < 0 || succeeded > (job.spec?.completions ?? Number.POSITIVE_INFINITY))
      found.push(`job ${job.metadata.name}: ${active} active, ${succeeded} succeeded, ${failed} failed`)
  }
  for (const pod of world.cluster.read.list('pods')) {
    const ready = (pod.status?.containerStatuses ?? []).filter((c) => c.ready).length
    if (ready > 0 && pod.status?.phase !== 'Running')
      found.push(`pod ${pod.metadata.name} is ${pod.status?.phase} with ${ready} ready containers`)
  }
  return found
}

/** Upstream's bucket: 25 events of a source about an object at once, then one in five minutes. */
function eventStorms(world: World): string[] {
  const said = new Map<string, { count: number; first: number }>()
  for (const event of world.cluster.read.list('events') as readonly any[]) {
    // What a user wrote is no component's.
    if (!event.reportingComponent) continue
    const key = `${event.reportingComponent}|${event.reportingInstance}|${event.involvedObject.uid ?? event.involvedObject.name}`
    const first = parseTime(event.firstTimestamp) ?? world.nowMs
    const kept = said.get(key)
    said.set(key, { count: (kept?.count ?? 0) + (event.count ?? 1), first: Math.min(first, kept?.first ?? first) })
  }
  return [...said]
    .filter(([, s]) => s.count > 26 + (world.nowMs - s.first) / 300_000)
    .map(([key, s]) => `event storm: ${key} said ${s.count}`)
}

/** Objects whose namespace or owner cannot be: the API would never have let them in. */
function orphans(world: World): string[] {
  const found: string[] = []
  for (const resource of world.store.resources())
    for (const object of world.store.list(resource)) {
      const { namespace } = object.metadata
      if (namespace && world.cluster.read.get('namespaces', undefined, namespace) === undefined)
        found.push(`${resource} ${namespace}/${object.metadata.name} is in no namespace`)
      if (Number(object.metadata.resourceVersion) > world.store.revision) found.push(`${resource} ${object.metadata.name} is of the future`)
    }
  return found
}

export function brokenInvariants(world: World): string[] {
  return [
    ...addressesGivenTwice(world),
    ...podsOnTwoNodes(world),
    ...countsThatLie(world),
    ...eventStorms(world),
    ...orphans(world),
    ...world.store.inconsistencies().map((i) => `index differs from scan: ${i}`),
  ]
}

/** Words that only a bug prints. */
export const rawException = (output: string): string | undefined =>
  /TypeError|RangeError|ReferenceError|AssertionError|SyntaxError: Unexpected|Cannot read propert|is not a function|\n\s+at .*[/:]\d+|\[object Object\]|\bundefined\b is not/.exec(
    output,
  )?.[0]
