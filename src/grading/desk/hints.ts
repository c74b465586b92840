/** Hints: which one comes next in this state of the cluster. A hint with `when` is told only where its CEL expression holds. */

import { Environment } from '@marcbachmann/cel-js'
import type { EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import { storeResource } from '../../api/registry.ts'
import { matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import type { World } from '../../cluster/world.ts'
import { celValue } from '../../kinds/cel/rule.ts'
import type { HintSpec } from '../../levels/format/level.ts'
import type { Level } from '../../levels/loader/level.ts'

/** Addresses that a Service sends to: those of its slices that are ready. */
function readyEndpoints(world: World, namespace: string, service: string): string[] {
  const slices = world.cluster.read.labelled(
    'endpointslices.discovery.k8s.io',
    namespace,
    'kubernetes.io/service-name',
    service,
  ) as readonly EndpointSlice[]
  return slices.flatMap((s) => (s.endpoints ?? []).filter((e) => e.conditions?.ready !== false).flatMap((e) => e.addresses))
}

function podsWith(world: World, namespace: string, labels: unknown): unknown[] {
  const set = labels instanceof Map ? Object.fromEntries(labels) : (labels as Record<string, string>)
  const selector = selectorFromSet(set)
  return world.cluster.read
    .list('pods', namespace)
    .filter((p) => matchesLabels(selector, p.metadata.labels))
    .map(celValue)
}

function oneObject(world: World, namespace: string, kind: string, name: string): unknown {
  const found = world.registry.resolve(kind)
  const object = found && world.cluster.read.get(storeResource(found), found.namespaced ? namespace : undefined, name)
  return object === undefined ? null : celValue(object)
}

/** The world that an expression being evaluated asks; set for one evaluation at a time. */
let asked: { world: World; namespace: string } | undefined
const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true })
  .registerFunction('endpoints(string): list', (name: string) => readyEndpoints(asked!.world, asked!.namespace, name))
  .registerFunction('pods(map): list', (labels: unknown) => podsWith(asked!.world, asked!.namespace, labels))
  .registerFunction('object(string, string): dyn', (kind: string, name: string) => oneObject(asked!.world, asked!.namespace, kind, name))

/** Whether a `when` holds; an expression that cannot be evaluated (an object that is not there) does not. */
export function whenHolds(when: string, world: World, namespace: string): boolean {
  asked = { world, namespace }
  try {
    return environment.evaluate(when, {}) === true
  } catch {
    return false
  } finally {
    asked = undefined
  }
}

/** What is wrong with a `when`; undefined when it can be read. For the linter. */
export function whenProblem(when: string): string | undefined {
  try {
    const { valid, error } = environment.check(when)
    return valid ? undefined : (error?.message ?? 'it cannot be read')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export class Hints {
  readonly #level: Level
  readonly #world: World
  readonly #lang: string
  /** Positions in the level's list, in the order in which they were told. Undo does not unsay them. */
  readonly taken: number[] = []

  constructor(level: Level, world: World, lang: string) {
    this.#level = level
    this.#world = world
    this.#lang = lang
  }

  get #specs(): readonly HintSpec[] {
    return this.#level.spec.hints ?? []
  }

  #nextIndex(): number {
    const namespace = this.#level.spec.player?.namespace ?? 'default'
    return this.#specs.findIndex(
      (hint, i) => !this.taken.includes(i) && (hint.when === undefined || whenHolds(hint.when, this.#world, namespace)),
    )
  }

  /** The next hint's cost in stars; undefined when none fits this state. */
  nextCost(): number | undefined {
    const at = this.#nextIndex()
    return at < 0 ? undefined : (this.#specs[at]!.cost ?? 0)
  }

  take(): { text: string; cost: number; left: number } | undefined {
    const at = this.#nextIndex()
    if (at < 0) return undefined
    this.taken.push(at)
    return { ...this.told(at), left: this.left }
  }

  told(index: number): { text: string; cost: number } {
    const spec = this.#specs[index]!
    const own = this.#level.translations[this.#lang]?.hints
    const text = Array.isArray(own)
      ? own[index]
      : spec.id === undefined
        ? undefined
        : (own as Record<string, string> | undefined)?.[spec.id]
    return { text: text ?? spec.text, cost: spec.cost ?? 0 }
  }

  /** Not yet told, whether they fit now or not. */
  get left(): number {
    return this.#specs.length - this.taken.length
  }

  /** Stars that were paid. */
  get paid(): number {
    return this.taken.reduce((sum, i) => sum + (this.#specs[i]!.cost ?? 0), 0)
  }
}
