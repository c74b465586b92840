/**
 * Turns a controller's record into an actor: changes put keys into its queue, each key is reconciled, failures come again after a
 * back-off, requests to be called again are timers (client-go's informers, workqueue and the usual processNextWorkItem).
 */
import { ApiError } from '../api/errors.ts'
import { type ApiObject, controllerOf, keyOf } from '../api/meta.ts'
import type { Actor } from '../sim/loop.ts'
import { Backoff } from './backoff.ts'
import type { Cluster, ControllerDefinition, EventRecorder, ObjectChange, ReconcileContext, Watch, Writer } from './contract.ts'
import { WorkQueue } from './work-queue.ts'

interface KeyPayload {
  readonly key: string
}

const NONE: readonly string[] = []

/** The key of the object's controller, where that is of this kind. */
function ownerKey(object: ApiObject, kind: string): string | undefined {
  const owner = controllerOf(object)
  if (owner?.kind !== kind) return undefined
  const { namespace } = object.metadata
  return namespace === undefined ? owner.name : `${namespace}/${owner.name}`
}

class ControllerActor implements Actor {
  readonly name: string
  readonly #cluster: Cluster
  readonly #definition: ControllerDefinition
  readonly #queue = new WorkQueue()
  readonly #backoff: Backoff
  readonly #write: Writer
  readonly #events: EventRecorder

  constructor(cluster: Cluster, definition: ControllerDefinition) {
    this.name = `controller/${definition.name}`
    this.#cluster = cluster
    this.#definition = definition
    this.#backoff = new Backoff(cluster.cells, this.name)
    this.#write = cluster.writer(`system:serviceaccount:kube-system:${definition.name}-controller`)
    this.#events = cluster.recorder(definition.component ?? `${definition.name}-controller`)
  }

  start(): void {
    const { indexes = [], censuses = [], watches, initial } = this.#definition
    for (const { resource, name, of } of indexes) this.#cluster.defineIndex(resource, name, of)
    for (const { resource, name, of } of censuses) this.#cluster.defineCensus(resource, name, of)
    for (const watch of watches) this.#cluster.subscribe(watch.resource, (change) => this.#see(watch, change))
    this.#cluster.register(this)
    for (const key of initial?.(this.#cluster.read) ?? []) this.#queue.add(key)
  }

  #see(watch: Watch, change: ObjectChange): void {
    if ('when' in watch && watch.when !== undefined && !watch.when(change)) return
    for (const key of this.#keys(watch, change)) this.#enqueue(key)
  }

  #keys(watch: Watch, change: ObjectChange): readonly string[] {
    if ('map' in watch) return watch.map(change, this.#cluster.read)
    const { before, after } = change
    if ('own' in watch) return [keyOf((after ?? before)!)]
    const old = before && ownerKey(before, watch.owner)
    if (after === undefined || before?.metadata.ownerReferences === after.metadata.ownerReferences) return old === undefined ? NONE : [old]
    const now = ownerKey(after, watch.owner)
    if (now === undefined || now === old) return old === undefined ? NONE : [old]
    return old === undefined ? [now] : [old, now]
  }

  #enqueue(key: string): void {
    const { delayMs = 0 } = this.#definition
    if (delayMs > 0) this.#later(`batch/${key}`, key, delayMs)
    else this.#queue.add(key)
  }

  /** The earlier of two calls wins, as with AddAfter. */
  #later(id: string, key: string, afterMs: number): void {
    const dueMs = this.#cluster.clock.nowMs + Math.max(0, afterMs)
    const set = this.#cluster.timerDue(this.name, id)
    if (set !== undefined && set <= dueMs) return
    const payload: KeyPayload = { key }
    this.#cluster.setTimer(this.name, id, dueMs, payload)
  }

  onTimer(_id: string, payload: unknown): void {
    this.#queue.add((payload as KeyPayload).key)
  }

  forget(): void {
    this.#queue.clear()
  }

  work(): boolean {
    const key = this.#queue.take()
    if (key === undefined) return false
    try {
      this.#definition.reconcile(key, this.#context(key))
      this.#backoff.forget(key)
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      this.#later(`retry/${key}`, key, this.#backoff.next(key))
    }
    return true
  }

  #context(key: string): ReconcileContext {
    const { read, random, cells, clock } = this.#cluster
    const again = (afterMs: number): void => this.#later(`again/${key}`, key, afterMs)
    return { read, write: this.#write, events: this.#events, nowMs: clock.nowMs, random, cells, again }
  }
}

/** Starts a controller: declares its indexes, subscribes to its watches and registers it with the loop. */
export function defineController(cluster: Cluster, definition: ControllerDefinition): Actor {
  const actor = new ControllerActor(cluster, definition)
  actor.start()
  return actor
}
