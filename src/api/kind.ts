/**
 * A kind, as one record: everything the API server, kubectl and controllers need to know of it. Shared code asks the record and
 * never branches on a kind's name; a user's CRD produces the same record at run time.
 */
import type { FieldError } from './errors.ts'
import type { ApiObject } from './meta.ts'
import type { Reader } from './reader.ts'
import type { Schema } from './schema.ts'

/** A cell of a Table: what `kubectl get` shows. */
export type Cell = string | number | boolean | null

export interface ColumnContext {
  readonly nowMs: number
}

/** A column of the kind's Table. Ages and the like are rendered at `nowMs`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  /** 0: always shown; 1: with -o wide. */
  readonly priority: number
  readonly value: (object: ApiObject, context: ColumnContext) => Cell
}

export interface ValidationContext {
  readonly nowMs: number
  /** Read-only view of the cluster, for the few validations that need it. */
  readonly reader: Reader
}

/** What a write's strategy may know. */
export interface PrepareContext extends ValidationContext {
  readonly user: UserInfo
}

export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Paths of a scale subresource, as dotted fields: `spec.replicas`. `selector` gives the string form. */
export interface ScaleDefinition {
  readonly specReplicas: string
  readonly statusReplicas: string
  readonly selector?: (object: ApiObject) => string
}

export interface Subresources {
  /** PUT and PATCH of `/status` change only status, plain updates never do. */
  readonly status?: boolean
  readonly scale?: ScaleDefinition
}

export interface DescribeContext {
  readonly reader: Reader
  readonly nowMs: number
  /** Events about the object are appended by the caller when this is true (kubectl's --show-events). */
  readonly showEvents: boolean
}

/** What a verb may ask of a kind instead of switching on its name. Each is optional and lives in the kind's folder. */
export interface Capabilities {
  /** The pod template within the object, for `set image`, `rollout`, `expose`, `describe` … as a dotted path (`spec.template`; '' for a pod itself). */
  readonly podTemplatePath?: string
  /** Label selector of the pods it manages, in LabelSelector form. */
  readonly podSelector?: (object: ApiObject) => { matchLabels?: Record<string, string>; matchExpressions?: unknown[] } | undefined
  /** `rollout status|history|undo|restart|pause|resume`: filled in by apps kinds. */
  readonly rollout?: RolloutCapability
  /** Selector and ports to expose with `kubectl expose`. */
  readonly exposable?: boolean
  readonly autoscalable?: boolean
}

export interface RolloutCapability {
  /** The sentence `rollout status` prints now, and whether it is the last one; throws ApiError-like messages as Error for a failed rollout. */
  readonly status: (object: ApiObject, revision: number) => { message: string; done: boolean }
  /** Past revisions, oldest first, read through the API. */
  readonly history: (object: ApiObject, reader: Reader) => readonly RolloutRevision[]
  readonly pausable: boolean
  readonly restartable: boolean
}

export interface RolloutRevision {
  readonly revision: number
  readonly changeCause: string
  /** The pod template of that revision. */
  readonly template: unknown
  /** A strategic merge patch that takes the object back to it. */
  readonly rollbackPatch: () => unknown
}

export interface KindDefinition {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, lower case: `deployments`. */
  readonly resource: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly schema: Schema

  /** Fills in defaults the schema cannot say. `object` is a private mutable copy, already decoded and given the schema's own defaults. */
  readonly setDefaults?: (object: ApiObject) => void
  /** Before create: reset status, derive fields (generation is set by shared code). Mutable copy. */
  readonly prepareForCreate?: (object: ApiObject, context: PrepareContext) => void
  /** Before update: carry over what clients may not change. `next` is a mutable copy, `previous` is frozen. */
  readonly prepareForUpdate?: (next: ApiObject, previous: ApiObject, context: PrepareContext) => void
  /** Before an update of status: by default everything but status is taken from `previous`. */
  readonly prepareForStatusUpdate?: (next: ApiObject, previous: ApiObject, context: PrepareContext) => void
  /** All that is wrong with the object, metadata excepted (shared code does that with `nameRule`). */
  readonly validate?: (object: ApiObject, context: ValidationContext) => readonly FieldError[]
  readonly validateUpdate?: (next: ApiObject, previous: ApiObject, context: ValidationContext) => readonly FieldError[]
  readonly validateStatusUpdate?: (next: ApiObject, previous: ApiObject, context: ValidationContext) => readonly FieldError[]
  /** `Warning:` lines the API answers with. */
  readonly warnings?: (object: ApiObject, previous: ApiObject | undefined) => readonly string[]
  /** What is wrong with a name; DNS-1123 subdomain when absent. */
  readonly nameRule?: (name: string) => readonly string[]
  /** Whether the kind counts generations (has spec that controllers observe). */
  readonly generation?: boolean
  /** Field selectors besides metadata.name and metadata.namespace: label → value. */
  readonly fieldSelectors?: Readonly<Record<string, (object: ApiObject) => string>>
  readonly subresources: Subresources
  readonly columns: readonly Column[]
  /** kubectl describe's text for the object, events excepted; the generic describer serves when absent. */
  readonly describe?: (object: ApiObject, context: DescribeContext) => string
  readonly capabilities?: Capabilities
  /** Graceful deletion: seconds an object of this kind lingers (pods); undefined means at once. */
  readonly gracefulDeletion?: (object: ApiObject, requested: number | undefined) => number | undefined
  /** Finalizers are not in metadata but in spec (namespaces). */
  readonly hasPendingFinalizers?: (object: ApiObject) => boolean
}

/** What a kind's folder writes; what it leaves out comes from the reference facts of its resource. */
export type KindSpec = Partial<KindDefinition> & Pick<KindDefinition, 'group' | 'version' | 'kind'>
