/**
 * What a part of the cluster is given to act with: reading by index, writing through the API, events, its own clock and timers.
 * `defineController` (controller.ts) turns a record into an actor of the loop.
 */
import type { ApiObject } from '../api/meta.ts'
import type { CensusFunction, IndexedReader, ObjectOf, ResourceName } from '../api/reader.ts'
import type { Random } from '../sim/random.ts'
import type { Cells } from '../sim/state.ts'

/** Writing through `apiserver.handle`; every method throws ApiError as the API would answer. */
export interface Writer {
  create<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R>
  /** Creates an object that was made for this alone: the server keeps it and freezes it. It holds no undefined values. */
  give<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R>
  /** Replaces the object; a stale resourceVersion is a Conflict. */
  update<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R>
  updateStatus<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R>
  /** Read, change a draft (immer), write: no write when the draft is left as it was. `subresource` 'status' writes status only. */
  modify<R extends ResourceName>(
    resource: R,
    namespace: string | undefined,
    name: string,
    change: (draft: ObjectOf<R>) => void,
    subresource?: 'status',
  ): ObjectOf<R> | undefined
  patch<R extends ResourceName>(
    resource: R,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    type: 'merge' | 'strategic' | 'json',
    subresource?: string,
  ): ObjectOf<R>
  delete(resource: ResourceName, namespace: string | undefined, name: string, options?: DeleteOptions): void
  /** The Scale of anything that scales (its `scale` subresource, read): replicas, and the selector of its pods as text. */
  scale(resource: ResourceName, namespace: string | undefined, name: string): ApiObject
  /** Writes to a subresource: POST (`binding`, `eviction`), or PUT where it has only that (`finalize`, `approval`). */
  post(resource: ResourceName, namespace: string | undefined, name: string, subresource: string, body: unknown): void
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly uid?: string
  readonly resourceVersion?: string
}

/** Records Events about objects, counted and aggregated as client-go's recorder does. */
export interface EventRecorder {
  event(
    about: ApiObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    options?: { readonly fieldPath?: string; readonly action?: string },
  ): void
}

/** What every controller, the scheduler and the kubelets hold. */
export interface Cluster {
  readonly read: IndexedReader
  readonly clock: { readonly nowMs: number }
  readonly random: Random
  readonly cells: Cells
  /** A writer that acts as this user and field manager. */
  writer(user: string): Writer
  /** A recorder whose events carry this component (`deployment-controller`, `kubelet`) and host; `modern` ones leave `source` empty, as events.k8s.io does. */
  recorder(component: string, host?: string, modern?: boolean): EventRecorder
  /** Called after each change of a resource (rewinds' included); only to mark derived state and enqueue. */
  subscribe(resource: ResourceName | '*', listener: (change: ObjectChange) => void): void
  defineIndex(resource: ResourceName, name: string, of: (object: ApiObject) => readonly string[]): void
  defineCensus(resource: ResourceName, name: string, of: CensusFunction): void
  /** Sets a timer for an actor; the same id again replaces it. */
  setTimer(actor: string, id: string, dueMs: number, payload?: unknown): void
  /** When a timer is due, if it is set. */
  timerDue(actor: string, id: string): number | undefined
  cancelTimer(actor: string, id: string): void
  register(actor: import('../sim/loop.ts').Actor): void
  unregister(actorName: string): void
}

export interface ObjectChange {
  readonly resource: string
  readonly before?: ApiObject
  readonly after?: ApiObject
}

/** One reconcile's hands. */
export interface ReconcileContext {
  readonly read: IndexedReader
  readonly write: Writer
  readonly events: EventRecorder
  readonly nowMs: number
  readonly random: Random
  readonly cells: Cells
  /** Ask to be called again for this key after so many milliseconds of virtual time. */
  again(afterMs: number): void
}

export interface ControllerDefinition {
  /** `deployment`; its user is `system:serviceaccount:kube-system:<name>-controller`, its events come from `<name>-controller` unless `component` says otherwise. */
  readonly name: string
  readonly component?: string
  /**
   * Which changes put which keys into the queue. `own: true` enqueues the object's own key; `owner: KIND` the key of its controller of that
   * kind; `map` anything else.
   */
  readonly watches: readonly Watch[]
  /** Level-triggered: look at the world for this key (`namespace/name`), write the difference. Throwing ApiError retries with back-off. */
  readonly reconcile: (key: string, context: ReconcileContext) => void
  /** Indexes it needs. */
  readonly indexes?: readonly {
    readonly resource: ResourceName
    readonly name: string
    readonly of: (object: ApiObject) => readonly string[]
  }[]
  /** Censuses it needs. */
  readonly censuses?: readonly {
    readonly resource: ResourceName
    readonly name: string
    readonly of: CensusFunction
  }[]
  /** Virtual milliseconds between a change and the reconcile it causes; 0 unless upstream batches (endpoints). */
  readonly delayMs?: number
  /** Keys to enqueue at start. */
  readonly initial?: (read: IndexedReader) => readonly string[]
}

export type Watch =
  | { readonly resource: ResourceName; readonly own: true; readonly when?: (change: ObjectChange) => boolean }
  | { readonly resource: ResourceName; readonly owner: string; readonly when?: (change: ObjectChange) => boolean }
  | { readonly resource: ResourceName; readonly map: (change: ObjectChange, read: IndexedReader) => readonly string[] }
