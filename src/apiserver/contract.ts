/**
 * The one API, as data in and data out: what `handle` takes and gives. The HTTP door translates to and from this; the game, the
 * grader and the cluster's own parts call it in process.
 */

import type { Status } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface ApiRequest {
  readonly verb: Verb
  readonly group: string
  readonly version: string
  /** Plural: `pods`. */
  readonly resource: string
  /** `status`, `scale`, `binding`, `eviction`, `log`, `exec`, `attach`, `portforward`, `ephemeralcontainers`, `resize`, `token`, `approval`, `finalize` … */
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly user: UserInfo
  /** The decoded JSON or YAML document; never changed by the server. For an apply patch the applied configuration, for a JSON patch the array. */
  readonly body?: unknown
  /** Paths of fields that the body's text had twice, where the body came as a text. */
  readonly duplicateFields?: readonly string[]
  readonly patchType?: PatchType
  readonly query?: ApiQuery
  /** `table`: answer lists and objects as meta.k8s.io/v1 Table (kubectl get). */
  readonly as?: 'object' | 'table'
  /**
   * The caller is a part of the cluster in this process and `body` is an object of the API's own types:
   * strict decoding is skipped (never admission, validation or authorization rules that concern the object itself).
   */
  readonly internal?: boolean
  /** Of an internal request: `body` was made for it alone, holds no undefined values, and is the server's from now on: it is not copied. */
  readonly given?: boolean
  /** A driver's look at whether something has come, however often: the audit log does not tell of it. */
  readonly unrecorded?: boolean
}

export interface ApiQuery {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: string
  readonly allowWatchBookmarks?: boolean
  readonly sendInitialEvents?: boolean
  readonly timeoutSeconds?: number
  readonly dryRun?: boolean
  readonly fieldManager?: string
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  readonly force?: boolean
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  /** log, exec, attach … : their own parameters, by their API names. */
  readonly options?: Readonly<Record<string, unknown>>
}

export interface ApiAnswer {
  /** HTTP status code. */
  readonly code: number
  /** An object, list, Table or Status; for `log` a string; absent where `stream` is given. */
  readonly body?: ApiObject | ApiList | Table | Status | string | unknown
  /** `Warning:` headers, in order. */
  readonly warnings: readonly string[]
  readonly stream?: ApiStream
}

export interface ApiList {
  apiVersion: string
  kind: string
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  items: readonly ApiObject[]
}

export interface Table {
  apiVersion: 'meta.k8s.io/v1'
  kind: 'Table'
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  columnDefinitions: readonly { name: string; type: string; format: string; description: string; priority: number }[]
  rows: readonly { cells: readonly unknown[]; object: ApiObject }[]
}

export interface WatchFrame {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: ApiObject | Status | Table
}

/** An answer that goes on (watch, log -f, exec): frames are pulled; nothing is pushed. */
export interface ApiStream {
  /** Frames since the last call; [] when there is nothing new yet. */
  take(): readonly unknown[]
  /** No more frames will come. */
  readonly done: boolean
  /** For exec and attach. */
  send?(frame: unknown): void
  close(): void
}

export type Handle = (request: ApiRequest) => ApiAnswer

/** A kubelet as the API server reaches it, for log, exec, attach and port-forward. Throws ApiError. */
export interface KubeletPort {
  logs(pod: ApiObject, options: Readonly<Record<string, unknown>>): { text: string } | { stream: ApiStream }
  exec(pod: ApiObject, options: Readonly<Record<string, unknown>>): ApiStream
  attach(pod: ApiObject, options: Readonly<Record<string, unknown>>): ApiStream
  /** Takes PortMessages, gives PortReplies. */
  portForward(pod: ApiObject): ApiStream
}

/** What a forwarded port is sent: one application message, as programs take them. */
export interface PortMessage {
  readonly id: number
  readonly port: number
  readonly protocol: string
  readonly payload: unknown
}
/** What came of the message of that id. `hang`: the program took it and does not answer. */
export type PortReply = { readonly id: number } & (
  | { readonly kind: 'reply'; readonly reply: unknown; readonly serviceMs: number }
  | { readonly kind: 'refused' | 'reset' | 'hang' }
)

/** How the API server finds the kubelet of a node; undefined when the node cannot be reached. */
export type KubeletDialer = (nodeName: string) => KubeletPort | undefined

/** One HTTPS request to an admission webhook: where it goes, and whom the server's certificate must name. */
export interface WebhookCall {
  /** A name or an address. */
  readonly host: string
  readonly port: number
  /** The name that the certificate must bear, and that the Host header says. */
  readonly serverName: string
  /** Path with query. */
  readonly path: string
  readonly body: string
  /** PEM of the authorities that are trusted; '' for those of the machine. */
  readonly authorities: string
  readonly timeoutMs: number
}

/** `message`: what Go's HTTP client says of a request that has no answer. */
export type WebhookReply =
  | { readonly ok: true; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly ok: false; readonly message: string }

/** How the API server reaches webhooks: over the cluster's network, from its own machine, at this instant. */
export type WebhookDialer = (call: WebhookCall) => WebhookReply
