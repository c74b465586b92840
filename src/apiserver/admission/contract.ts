/**
 * What an admission plugin is given and may do. Plugins run in the order of the registry: all `mutate`, then validation of the object,
 * then all `validate`. Throwing an ApiError turns the request away.
 */
import type { KindDefinition, UserInfo } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { ApiServer } from '../server.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface SubresourceView {
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  show(object: ApiObject): ApiObject
}

/**
 * Whether the mutating plugins run a second time, because one that comes late changed the object (admission.ReinvocationContext):
 * everything in the tree does, policies and webhooks only where they ask for it.
 */
export interface Reinvocation {
  /** The second run is under way. */
  again: boolean
  wanted: boolean
  /** Policies and webhooks that ran and want to see what others make of the object, by their keys. */
  invoked?: Set<string>
  /** Of those, the ones after which somebody changed it. */
  due?: Set<string>
}

export const noReinvocation = (): Reinvocation => ({ again: false, wanted: false })

export interface AdmissionRequest {
  readonly server: ApiServer
  readonly operation: Operation
  /** The kind as it is stored. */
  readonly kind: KindDefinition
  /** The kind at the version of the request. */
  readonly requested: KindDefinition
  /** As readers ask for it: `pods`, `deployments.apps`. */
  readonly resource: string
  readonly subresource?: string | undefined
  readonly namespace: string | undefined
  /** '' on a create by generateName until the name is drawn. */
  name: string
  /** Mutable while mutating; not to be changed while validating. Absent for DELETE. */
  readonly object?: ApiObject | undefined
  readonly old?: ApiObject | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly internal: boolean
  /** The request is a patch. */
  readonly patching: boolean
  readonly fieldManager: string | undefined
  /** What a subresource with objects of its own (Scale) shows of `object` and `old`. */
  readonly view?: SubresourceView | undefined
  /** Of this request's run through the chain. */
  readonly reinvocation: Reinvocation
  /** A keyed subject for chance: the same object gets the same draws. */
  readonly drawKey: string
  warn(text: string): void
  /** Runs once the object is written; not for a dry run. */
  onCommit(run: () => void): void
}

export interface AdmissionPlugin {
  readonly name: string
  /** Resources it looks at; all when absent. */
  readonly resources?: readonly string[]
  /** Operations it looks at; all when absent. */
  readonly operations?: readonly Operation[]
  /** Subresources it looks at, '' for the object itself; only '' when absent. `'*'`: all. */
  readonly subresources?: readonly string[]
  readonly mutate?: (request: AdmissionRequest) => void
  readonly validate?: (request: AdmissionRequest) => void
}

/** The name a refusal carries: the object's, its generateName while none is drawn, or Unknown. */
export const refusalName = (request: AdmissionRequest): string =>
  request.name || request.object?.metadata.name || request.object?.metadata.generateName || 'Unknown'
