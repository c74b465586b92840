/**
 * One request on its way through the server: which kind it is about, what has been warned of, and what is to happen once it is written.
 */
import type { KindDefinition, PrepareContext } from '../api/kind.ts'
import type { ApiObject, ManagedFieldsEntry } from '../api/meta.ts'
import { storeResource } from '../api/registry.ts'
import type { ApiAnswer, ApiRequest } from './contract.ts'
import type { ApiServer } from './server.ts'

export class Exchange implements PrepareContext {
  readonly warnings: string[] = []
  /** Run after the object is written, never for a dry run. */
  readonly commits: (() => void)[] = []
  /** Field ownership after a server-side apply, where this request is one. */
  applied: readonly ManagedFieldsEntry[] | undefined
  /** Lists and maps the body gave empty, by path: errors show them as given. */
  empties: ReadonlyMap<string, unknown> | undefined
  /** The kind whose objects the store holds (another version of the requested kind, or the same). */
  readonly stored: KindDefinition
  /** The store's name for the resource: `pods`, `deployments.apps`. */
  readonly resource: string

  constructor(
    readonly server: ApiServer,
    readonly request: ApiRequest,
    /** The kind at the requested group and version. */
    readonly kind: KindDefinition,
  ) {
    this.stored = server.registry.stored(kind)
    this.resource = storeResource(this.stored)
  }

  get nowMs(): number {
    return this.server.clock.nowMs
  }
  get reader() {
    return this.server.reader
  }
  get user() {
    return this.request.user
  }
  get dryRun(): boolean {
    return this.request.query?.dryRun === true
  }
  get internal(): boolean {
    return this.request.internal === true
  }
  get namespace(): string | undefined {
    return this.kind.namespaced ? this.request.namespace : undefined
  }
  get fieldManager(): string {
    return this.request.query?.fieldManager ?? componentOf(this.request.user.name)
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text)
  }

  /** The stored form of an object of the requested kind. */
  toStored(object: ApiObject): ApiObject {
    return this.kind.storedAs === undefined ? object : this.kind.storedAs.toStored(object)
  }

  /** The requested kind's view of a stored object. */
  fromStored(object: ApiObject): ApiObject {
    return this.kind.storedAs === undefined ? object : this.kind.storedAs.fromStored(object)
  }

  answer(code: number, body: ApiAnswer['body']): ApiAnswer {
    return { code, body, warnings: this.warnings }
  }
}
/** The program behind a user of the cluster's own, as its user agent would name it. */
function componentOf(user: string): string {
  if (user.startsWith('system:node:')) return 'kubelet'
  if (user.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager'
  return user.startsWith('system:kube-') || user === 'system:apiserver' ? user.slice('system:'.length) : 'unknown'
}
