/**
 * The parts one API server is made of, and the request path's view of them. `createApiServer` puts them together.
 */
import type { ComponentHealth, UserInfo } from '../api/kind.ts'
import type { IndexedReader } from '../api/reader.ts'
import type { KindRegistry } from '../api/registry.ts'
import type { Random } from '../sim/random.ts'
import type { Store } from '../store/store.ts'
import type { AdmissionChain } from './admission/chain.ts'
import type { ServiceDialer } from './aggregation/contract.ts'
import type { AuditLog } from './audit.ts'
import type { Authorizer } from './authorization/authorizer.ts'
import type { Handle, KubeletDialer, WebhookDialer } from './contract.ts'

export interface ApiServer {
  readonly store: Store
  readonly registry: KindRegistry
  readonly clock: { readonly nowMs: number }
  readonly random: Random
  readonly reader: IndexedReader
  readonly admission: AdmissionChain
  readonly authorizer: Authorizer
  readonly audit: AuditLog
  readonly handle: Handle
  /** Set by the cluster once there are nodes. */
  dialKubelet: KubeletDialer
  /** Set by the cluster once there is a network. */
  dialService: ServiceDialer
  dialWebhook: WebhookDialer
  /** Set by the cluster once there is a control plane. */
  componentProblem: ComponentHealth
}

/** Who the API server is when it writes on its own account (quota usage, disruption budgets). */
export const SERVER_USER: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
