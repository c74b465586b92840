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
export interface ScaleDefinition<O extends ApiObject = ApiObject> {
  readonly specReplicas: string
  readonly statusReplicas: string
  readonly selector?: (object: O) => string
}

export interface Subresources<O extends ApiObject = ApiObject> {
  /** PUT and PATCH of `/status` change only status, plain updates never do. */
  readonly status?: boolean
  readonly scale?: ScaleDefinition<O>
}

export interface DescribeContext {
  readonly reader: Reader
  readonly nowMs: number
  /** Whether the text ends in the events about the object (kubectl's --show-events; off when several objects are described). */
  readonly showEvents: boolean
}

/** What a verb may ask of a kind instead of switching on its name. Each is optional and lives in the kind's folder. */
export interface Capabilities<O extends ApiObject = ApiObject> {
  /** The pod template within the object, for `set image`, `rollout`, `expose`, `describe` … as a dotted path (`spec.template`; '' for a pod itself). */
  readonly podTemplatePath?: string
  /** Label selector of the pods it manages, in LabelSelector form. */
  readonly podSelector?: (object: O) => { matchLabels?: Record<string, string>; matchExpressions?: unknown[] } | undefined
  /** `rollout status|history|undo|restart|pause|resume`: filled in by apps kinds. */
  readonly rollout?: RolloutCapability<O>
  /** Selector and ports to expose with `kubectl expose`. */
  readonly exposable?: boolean
  readonly autoscalable?: boolean
}

export interface RolloutCapability<O extends ApiObject = ApiObject> {
  /** The sentence `rollout status` prints now, and whether it is the last one; throws ApiError-like messages as Error for a failed rollout. */
  readonly status: (object: O, revision: number) => { message: string; done: boolean }
  /** Past revisions, oldest first, read through the API. */
  readonly history: (object: O, reader: Reader) => readonly RolloutRevision[]
  readonly pausable: boolean
  readonly restartable: boolean
}

export interface RolloutRevision {
  readonly revision: number
  readonly changeCause: string
  /** The pod template of that revision. */
  readonly template: unknown
  /** What keeps it, where printers show that and not the object as it was. */
  readonly object?: ApiObject
  /** A strategic merge patch that takes the object back to it. */
  readonly rollbackPatch: () => unknown
}

/** What a kind does, beside what it is called: optional hooks that shared code asks. */
export interface KindHooks<O extends ApiObject = ApiObject> {
  /** Fills in defaults the schema cannot say. `object` is a private mutable copy, already decoded and given the schema's own defaults. */
  readonly setDefaults?: (object: O) => void
  /** Before create: reset status, derive fields (generation is set by shared code). Mutable copy. */
  readonly prepareForCreate?: (object: O, context: PrepareContext) => void
  /** Before update: carry over what clients may not change. `next` is a mutable copy, `previous` is frozen. */
  readonly prepareForUpdate?: (next: O, previous: O, context: PrepareContext) => void
  /** Before an update of status: by default everything but status is taken from `previous`. */
  readonly prepareForStatusUpdate?: (next: O, previous: O, context: PrepareContext) => void
  /** All that is wrong with the object, metadata excepted (shared code does that with `nameRule`). */
  readonly validate?: (object: O, context: ValidationContext) => readonly FieldError[]
  readonly validateUpdate?: (next: O, previous: O, context: ValidationContext) => readonly FieldError[]
  readonly validateStatusUpdate?: (next: O, previous: O, context: ValidationContext) => readonly FieldError[]
  /** `Warning:` lines the API answers with. */
  readonly warnings?: (object: O, previous: O | undefined) => readonly string[]
  /** The kind is deprecated: a warning that every answer about it carries. */
  readonly deprecation?: string
  /** What is wrong with a name; DNS-1123 subdomain when absent. */
  readonly nameRule?: (name: string) => readonly string[]
  /** Finalizers need only be qualified names, `hold` among them (kinds of the extension server); else also known or with a domain. */
  readonly anyFinalizer?: boolean
  /** Whether the kind counts generations (has spec that controllers observe). */
  readonly generation?: boolean
  /** PUT to a name that does not exist creates it (leases, endpoints, namespaced config of old kinds …). */
  readonly createOnUpdate?: boolean
  /** Field selectors besides metadata.name and metadata.namespace: label → value. */
  readonly fieldSelectors?: Readonly<Record<string, (object: O) => string>>
  /** kubectl describe's whole text for the object, its events (aligned with the rest) included; the generic describer serves when absent. */
  readonly describe?: (object: O, context: DescribeContext) => string
  readonly capabilities?: Capabilities<O>
  /** Graceful deletion: seconds an object of this kind lingers (pods); undefined means at once. */
  readonly gracefulDeletion?: (object: O, requested: number | undefined) => number | undefined
  /** When a deletion begins but must wait (namespaces turn Terminating). Mutable copy. */
  readonly markDeleted?: (object: O) => void
  /** Finalizers are not in metadata but in spec (namespaces). */
  readonly hasPendingFinalizers?: (object: O) => boolean
  /** What a delete does without a propagationPolicy, where it is not Background (jobs of old: Orphan). */
  readonly defaultPropagation?: 'Background' | 'Foreground' | 'Orphan'
  /** The kind is another view of one that is stored (autoscaling/v1 of v2, events.k8s.io of core events). */
  readonly storedAs?: StoredAs
  /** Served by an extension API server behind a Service: its objects are asked for there, the store holds none. */
  readonly aggregated?: boolean
  /** Its objects are looked up when they are asked for, the store holds none. `problemOf` says why a part of the control plane is not healthy. */
  readonly lookedUp?: (problemOf: ComponentHealth) => readonly O[]
  /** The group version that an object of this kind promises and that nobody serves now. */
  readonly unserved?: (object: O) => GroupVersion | undefined
  /** Objects of this kind add kinds to the API while they exist (CustomResourceDefinition). */
  readonly definesKinds?: (object: O) => readonly KindDefinition[]
}

/** Why a component (`kube-scheduler`) fails its health check; undefined where it is well. */
export type ComponentHealth = (component: string) => string | undefined

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** Conversion to and from the kind that the store holds; both give new objects, arguments may be frozen. */
export interface StoredAs {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly toStored: (object: ApiObject) => ApiObject
  readonly fromStored: (object: ApiObject) => ApiObject
}

export interface KindDefinition extends KindHooks {
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
  readonly subresources: Subresources
  readonly columns: readonly Column[]
}

/**
 * What a kind's folder writes; what it leaves out comes from the reference facts of its resource. `cells` gives the value of each
 * column of the real Table by its name; Name, Age and Created At have values of their own.
 */
export interface KindSpec<O extends ApiObject = ApiObject> extends KindHooks<O>, Partial<Pick<KindDefinition, NameFacts>> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema?: Schema
  readonly subresources?: Subresources<O>
  readonly cells?: Readonly<Record<string, (object: O, context: ColumnContext) => Cell>>
  /** Columns of our own, for kinds whose real Table is not among the facts. */
  readonly columns?: readonly Column[]
}

type NameFacts = 'resource' | 'singular' | 'shortNames' | 'categories' | 'namespaced' | 'verbs'
