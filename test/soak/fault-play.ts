/** Plays a plan of faults on a cluster of its own and says what went wrong: what the storage lost, who ran twice, what did not come back. */
import { parseAllDocuments } from 'yaml'
import type { ApiObject } from '../../src/api/meta.ts'
import { applyFault, endOf, type Fault, FaultError } from '../../src/cluster/faults/index.ts'
import { World } from '../../src/cluster/world.ts'
import { POD_RUN, type PodRun } from '../../src/node/records.ts'
import type { Backing } from '../../src/storage/contract.ts'
import type { FaultPlan } from './fault-draw.ts'
import { notDeclared } from './heal.ts'
import { brokenInvariants } from './invariants.ts'

/** The invariants are looked at this often, and whatever was acknowledged is taken down. */
const LOOK_MS = 10_000
const SETTLE_MS = 45_000
/** Longer than unreachable tolerations, back-offs, pressure's transition and a boot together. */
const HEALING_MS = 1_500_000

/** Where a claim's bytes lie: places that outlive machines and pods. */
function backingOf(world: World, claim: string): Backing | undefined {
  const pvc = world.cluster.read.get('persistentvolumeclaims', 'default', claim)
  const pv = world.cluster.read.get('persistentvolumes', undefined, pvc?.spec?.volumeName ?? '')
  if (pv?.spec?.nfs) return { kind: 'nfs', server: pv.spec.nfs.server, path: pv.spec.nfs.path }
  const node = pv?.metadata.annotations?.['local.path.provisioner/selected-node']
  if (pv?.spec?.hostPath && node) return { kind: 'node-disk', node, path: pv.spec.hostPath.path }
  return pv?.spec?.csi ? { kind: 'block', volume: pv.metadata.name } : undefined
}

class FaultWorld {
  readonly world: World
  /** Lines that a writer said were written, by claim. */
  readonly #acknowledged = new Map<string, Set<string>>()
  /** How far each log was read. */
  readonly #read = new Map<string, number>()
  problem: string | undefined

  constructor(plan: FaultPlan) {
    this.world = new World({ preset: 'default', seed: plan.seed })
    for (const text of plan.workloads)
      for (const document of parseAllDocuments(text)) {
        const object = document.toJS() as ApiObject
        this.world.apply({ ...object, metadata: { ...object.metadata, namespace: 'default' } })
      }
    this.pass(SETTLE_MS)
  }

  /** Runs of pods that have a process now. */
  #running(): { readonly node: string; readonly run: PodRun; readonly ids: readonly string[] }[] {
    const { cells } = this.world.store
    return cells.keys(POD_RUN).flatMap((key) => {
      const run = cells.get<PodRun>(POD_RUN, key)!
      const ids = Object.values(run.containers)
        .map((c) => c.id)
        .filter((id) => this.world.fleet.processes.get(id) !== undefined)
      return ids.length === 0 ? [] : [{ node: key.slice(0, key.indexOf('/')), run, ids }]
    })
  }

  #takeDown(): void {
    for (const { run, ids } of this.#running()) {
      const claim = run.pod.spec?.volumes?.find((v) => v.persistentVolumeClaim)?.persistentVolumeClaim?.claimName
      if (claim === undefined) continue
      for (const id of ids) {
        const lines = this.world.fleet.logs.lines(id, this.#read.get(id) ?? 0)
        this.#read.set(id, this.world.fleet.logs.count(id))
        const known = this.#acknowledged.get(claim) ?? new Set<string>()
        for (const { text } of lines) if (text.startsWith('acknowledged ')) known.add(text.slice('acknowledged '.length))
        this.#acknowledged.set(claim, known)
      }
    }
  }

  /** A StatefulSet's pod is one of its name, wherever it runs (at most one, KEP-3335 and the StatefulSet's promise). */
  #identitiesTwice(): string | undefined {
    const seen = new Map<string, string>()
    for (const { node, run } of this.#running()) {
      if (run.pod.metadata.ownerReferences?.[0]?.kind !== 'StatefulSet') continue
      const name = `${run.pod.metadata.namespace}/${run.pod.metadata.name}`
      if (seen.has(name)) return `${name} runs on ${seen.get(name)} and on ${node}`
      seen.set(name, node)
    }
    return undefined
  }

  pass(ms: number): void {
    for (let left = ms; left > 0 && this.problem === undefined; left -= LOOK_MS) {
      this.world.advance(Math.min(left, LOOK_MS))
      this.#takeDown()
      this.problem ??= this.#identitiesTwice()
    }
    this.problem ??= brokenInvariants(this.world)[0]
  }

  strike(fault: Fault): readonly string[] {
    try {
      return applyFault(this.world, fault)
    } catch (error) {
      // A link between a node and itself, a pod that is not there: nothing befalls.
      if (!(error instanceof FaultError)) throw error
      return []
    }
  }

  heal(faults: readonly Fault[]): void {
    const { nodes } = this.world.fleet
    for (const fault of faults) this.strike(fault)
    for (const node of nodes) for (const kind of ['start', 'mend']) this.strike({ kind, target: { node } })
    this.pass(60_000)
    // What hangs does not heal by itself where nobody probes it.
    for (const app of ['web', 'api', 'store', 'log', 'agent'])
      this.strike({ kind: 'kill', target: { pods: { app }, namespace: 'default' } })
    this.pass(HEALING_MS)
  }

  #lost(): string | undefined {
    for (const [claim, lines] of this.#acknowledged) {
      const backing = backingOf(this.world, claim)
      const there = backing && this.world.storage.open(backing).stat('/log') ? this.world.storage.open(backing).read('/log') : ''
      const kept = new Set(there.split('\n'))
      const lost = [...lines].filter((line) => !kept.has(line))
      if (lost.length > 0) return `claim ${claim} lost ${lost.length} of ${lines.size} acknowledged writes, the first ${lost[0]}`
    }
    return undefined
  }

  /** What has not come back. */
  afterwards(): string | undefined {
    return this.problem ?? this.#lost() ?? notDeclared(this.world)[0]
  }

  get acknowledged(): number {
    return [...this.#acknowledged.values()].reduce((n, s) => n + s.size, 0)
  }
}

export interface FaultOutcome {
  readonly problem: string | undefined
  readonly acknowledged: number
}

export function playFaults(plan: FaultPlan): FaultOutcome {
  const play = new FaultWorld(plan)
  const open: { readonly end: Fault; leftMs: number }[] = []
  const passing = (ms: number): void => {
    let left = ms
    while (play.problem === undefined) {
      const next = open.filter((o) => o.leftMs <= left).sort((a, b) => a.leftMs - b.leftMs)[0]
      const step = next?.leftMs ?? left
      if (step > 0) play.pass(step)
      for (const o of open) o.leftMs -= step
      left -= step
      if (next === undefined) return
      play.strike(next.end)
      open.splice(open.indexOf(next), 1)
    }
  }
  for (const { afterMs, fault, forMs } of plan.blows) {
    passing(afterMs)
    if (play.problem !== undefined) break
    const hit = play.strike(fault)
    const end = hit.length === 0 ? undefined : endOf(fault, hit)
    if (end !== undefined) open.push({ end, leftMs: forMs ?? Number.POSITIVE_INFINITY })
  }
  passing(Math.max(0, ...open.map((o) => o.leftMs).filter((ms) => ms !== Number.POSITIVE_INFINITY)))
  if (play.problem === undefined) play.heal(open.map((o) => o.end))
  return { problem: play.afterwards(), acknowledged: play.acknowledged }
}
