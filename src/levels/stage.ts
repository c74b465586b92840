/** Sets the stage of a level: its cluster, what runs there at the start, the player's rights and files, and what happens to it while time passes. */

import type { Status } from '../api/errors.ts'
import type { ApiObject } from '../api/meta.ts'
import { groupOf } from '../api/meta.ts'
import { applyFault, endOf, type Fault, FaultError } from '../cluster/faults/index.ts'
import { CONTROL_PLANE, defaultNodes, worker } from '../cluster/presets.ts'
import type { WorldImage } from '../cluster/world.ts'
import type { NodeSpecification } from '../node/heartbeat.ts'
import { Session } from '../session/session.ts'
import { faultOf, loadIn, type Moment } from './format/faults.ts'
import { type ClusterSpec, rangesOf, type TimelineItem } from './format/level.ts'
import { durationMs } from './format/times.ts'
import { baseNameOf, type Level } from './loader/level.ts'
import { LevelError } from './loader/problems.ts'
import { readManifests } from './manifests.ts'
import { personaObjects, personaUser } from './personas.ts'

const DEFAULT_SETTLE_MS = 30_000

/**
 * A session in which the level has begun. Throws LevelError where its manifests are refused. With `image`, which is what `World.image` took
 * of this very stage opened before, it goes on from there instead of playing the beginning again: the same bytes, sooner.
 */
export function openStage(level: Level, lang = 'en', image?: WorldImage): Session {
  const { spec } = level
  const namespace = spec.player?.namespace ?? 'default'
  const session = new Session({
    world: {
      preset: spec.cluster?.preset ?? 'default',
      seed: level.seed,
      nodes: nodesOf(spec.cluster),
      ...(spec.cluster && { ranges: rangesOf(spec.cluster) }),
      ...(spec.cluster?.addons && { addOns: spec.cluster.addons }),
      ...(spec.cluster?.dns && { dns: spec.cluster.dns }),
      ...(image && { image }),
    },
    namespace,
    user: personaUser(spec.player?.persona ?? 'cluster-admin'),
    level: { name: level.name, hash: level.hash },
    lang,
    prepare: (opening) => {
      openNamespace(opening, namespace)
      for (const object of personaObjects(namespace, spec.player)) opening.world.apply(object)
      for (const path of spec.start?.apply ?? []) applyStart(opening, level, path, namespace)
      opening.world.advance(durationMs(spec.start?.settle ?? '') ?? DEFAULT_SETTLE_MS)
    },
  })
  const timeline = spec.timeline && new Timeline(session, level, spec.timeline)
  if (timeline) session.boundaries.push(timeline)
  if (image === undefined) {
    for (const [to, from] of Object.entries(spec.start?.files ?? {})) session.write(to, level.files[from]!)
    timeline?.plan()
    // What is due at once has happened before the player's first command.
    timeline?.run()
  }
  // Nobody watches from before the beginning, whether or not it was played here.
  session.world.loop.settle()
  session.world.store.compact()
  return session
}

/** A namespace, and the moment in which the controllers furnish it. */
function openNamespace(session: Session, name: string): void {
  if (session.world.cluster.read.get('namespaces', undefined, name) === undefined)
    session.world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  session.world.advance(FURNISH_MS)
}
const FURNISH_MS = 500

function nodesOf(spec: ClusterSpec | undefined): NodeSpecification[] {
  if (spec?.nodes === undefined) return defaultNodes()
  const machines = spec.nodes.map((n, i): NodeSpecification => {
    const base =
      n.name === 'control-plane' ? CONTROL_PLANE : worker(i - (spec.nodes!.some((m) => m.name === 'control-plane') ? 1 : 0), n.name)
    const memory = n.memory ?? base.capacity['memory']!
    const sizes = {
      cpu: String(n.cpu ?? base.capacity['cpu']),
      pods: String(n.pods ?? 110),
      'ephemeral-storage': base.capacity['ephemeral-storage']!,
    }
    return {
      ...base,
      labels: { ...base.labels, ...n.labels },
      taints: n.taints ?? base.taints,
      capacity: { ...sizes, memory },
      allocatable: {
        ...sizes,
        'ephemeral-storage': base.allocatable['ephemeral-storage']!,
        memory: memory === base.capacity['memory'] ? base.allocatable['memory']! : memory,
      },
    } as NodeSpecification
  })
  return machines.some((m) => m.name === 'control-plane') ? machines : [CONTROL_PLANE, ...machines]
}

/** The files that `apply: [start/]` means, in byte order. */
const startFiles = (level: Level, path: string): string[] =>
  path.endsWith('/')
    ? Object.keys(level.files)
        .filter((f) => f.startsWith(path) && /\.ya?ml$/.test(f))
        .sort()
    : [path]

function applyStart(session: Session, level: Level, path: string, namespace: string): void {
  for (const file of startFiles(level, path)) {
    for (const object of readManifests(file, level.files[file]!)) applyObject(session, object, namespace, file)
  }
  session.world.advance(500)
}

/** Creates or replaces an object as the administrator; refusals are the level's fault. */
export function applyObject(session: Session, object: ApiObject, namespace: string, file: string): void {
  const kind = session.world.registry.byKind(object.apiVersion, object.kind)
  if (kind === undefined)
    throw new LevelError([{ file, line: 0, column: 0, message: `the cluster knows no kind ${object.kind} in ${object.apiVersion}` }])
  const placed =
    kind.namespaced && object.metadata.namespace === undefined ? { ...object, metadata: { ...object.metadata, namespace } } : object
  const base = {
    group: groupOf(object.apiVersion),
    version: kind.version,
    resource: kind.resource,
    user: ADMIN,
    ...(kind.namespaced && { namespace: placed.metadata.namespace! }),
  }
  const exists = session.world.cluster.read.get(
    kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`,
    placed.metadata.namespace,
    placed.metadata.name,
  )
  const answer =
    exists === undefined
      ? session.world.handle({ ...base, verb: 'create', body: placed })
      : session.world.handle({
          ...base,
          verb: 'patch',
          name: placed.metadata.name,
          body: placed,
          patchType: 'apply',
          query: { fieldManager: 'level', force: true },
        })
  if (answer.code >= 400)
    throw new LevelError([
      { file, line: 0, column: 0, message: `${object.kind} ${object.metadata.name}: ${(answer.body as Status).message ?? answer.code}` },
    ])
  if (object.kind === 'Namespace') session.world.advance(FURNISH_MS)
}

const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

// ── what happens while time passes ──

const FAMILY = 'timeline'

interface Planned {
  readonly dueMs: number
  readonly undo?: Fault
}

/** The level's timeline: each item once, at its time. Which are done is a cell, so that undo takes them back. */
export class Timeline {
  readonly #session: Session
  readonly #level: Level
  readonly #items: readonly TimelineItem[]

  constructor(session: Session, level: Level, items: readonly TimelineItem[]) {
    this.#session = session
    this.#level = level
    this.#items = items
  }

  /** Each item with a time of its own gets it. */
  plan(): void {
    this.#items.forEach((item, i) => {
      const due = this.#firstDue(momentOf(item), i)
      if (due !== undefined) this.#cells.put(FAMILY, String(i), { dueMs: this.#session.enteredMs + due } satisfies Planned)
    })
  }

  get #cells(): Session['world']['store']['cells'] {
    return this.#session.world.store.cells
  }

  #firstDue(moment: Moment | undefined, index: number): number | undefined {
    if (moment === undefined) return 0
    if (typeof moment === 'string') return durationMs(moment)
    if ('after' in moment) return undefined
    const [from, to] = moment.between.map((t) => durationMs(t)!) as [number, number]
    return from + Math.round(this.#session.world.random.unit('timeline', baseNameOf(this.#level.name), index) * (to - from))
  }

  /** A check has passed: items that wait for it are planned. */
  checkPassed(id: string): void {
    this.#items.forEach((item, i) => {
      const moment = momentOf(item)
      if (moment === undefined || typeof moment === 'string' || !('after' in moment) || moment.after.check !== id) return
      if (this.#cells.get(FAMILY, String(i)) !== undefined) return
      this.#cells.put(FAMILY, String(i), { dueMs: this.#session.world.nowMs + (durationMs(moment.wait ?? '0s') ?? 0) } satisfies Planned)
    })
  }

  /** Undone faults too: `i/end`. Done items have dueMs Infinity, written as -1 so that it stays JSON. */
  nextMs(): number | undefined {
    let least: number | undefined
    for (const key of this.#cells.keys(FAMILY)) {
      const { dueMs } = this.#cells.get<Planned>(FAMILY, key)!
      if (dueMs >= 0 && (least === undefined || dueMs < least)) least = dueMs
    }
    return least
  }

  run(): void {
    const now = this.#session.world.nowMs
    for (const key of this.#cells.keys(FAMILY)) {
      const planned = this.#cells.get<Planned>(FAMILY, key)!
      if (planned.dueMs < 0 || planned.dueMs > now) continue
      this.#cells.put(FAMILY, key, { ...planned, dueMs: -1 })
      this.#attempt(() => {
        if (planned.undo) applyFault(this.#session.world, planned.undo)
        else this.#perform(this.#items[Number(key)]!, key)
      })
    }
  }

  /** What cannot be done by then (the player took the node or the namespace away) is not done, as with a colleague's command that fails. */
  #attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof LevelError) && !(error instanceof FaultError)) throw error
    }
  }

  #perform(item: TimelineItem, key: string): void {
    const { world } = this.#session
    const namespace = this.#level.spec.player?.namespace ?? 'default'
    if ('fault' in item) {
      const fault = faultOf(item.fault)
      const hit = applyFault(world, fault)
      const forMs = durationMs(item.fault.for ?? '')
      const undo = endOf(fault, hit)
      if (forMs !== undefined && undo !== undefined)
        this.#cells.put(FAMILY, `${key}/end`, { dueMs: world.nowMs + forMs, undo } satisfies Planned)
    } else if ('load' in item) world.startLoad?.(`timeline-${key}`, loadIn(item.load, namespace))
    else if ('apply' in item)
      for (const object of readManifests(item.apply, this.#level.files[item.apply]!))
        applyObject(this.#session, object, namespace, item.apply)
    else if ('run' in item) this.#session.runAs(item.as ?? 'colleague', item.run)
    else this.#session.runAs(item.as ?? 'colleague', `kubectl delete ${item.delete} --wait=false`)
  }
}

const momentOf = (item: TimelineItem): Moment | undefined => ('fault' in item ? item.fault.at : item.at)
