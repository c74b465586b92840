/**
 * Puts an API server together from a store, the kinds it serves, a clock and chance. Kinds that objects define (CRDs) come and go with
 * those objects, rewinds included.
 */
import type { ApiObject } from '../api/meta.ts'
import { type KindRegistry, storeResource } from '../api/registry.ts'
import type { Random } from '../sim/random.ts'
import type { Change, Store } from '../store/store.ts'
import { AdmissionChain } from './admission/chain.ts'
import type { AdmissionPlugin } from './admission/contract.ts'
import { admissionPlugins } from './admission/registry.ts'
import { AuditLog } from './audit.ts'
import { Authorizer } from './authorization/authorizer.ts'
import { handleRequest } from './handle.ts'
import type { ApiServer } from './server.ts'
import { StoreReader } from './store-reader.ts'

export interface ApiServerOptions {
  readonly store: Store
  readonly registry: KindRegistry
  readonly clock: { readonly nowMs: number }
  readonly random: Random
  /** The default set unless given. */
  readonly plugins?: readonly AdmissionPlugin[]
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, registry, clock, random, plugins = admissionPlugins } = options
  const reader = new StoreReader(store)
  const server: ApiServer = {
    store,
    registry,
    clock,
    random,
    reader,
    admission: new AdmissionChain(plugins),
    authorizer: new Authorizer(store, reader),
    audit: new AuditLog(store.cells),
    handle: (request) => handleRequest(server, request),
    dialKubelet: () => undefined,
    dialService: () => ({ ok: false, message: 'no route to host' }),
    dialWebhook: () => ({ ok: false, message: 'no network: this API server stands alone' }),
    componentProblem: () => undefined,
  }
  serveDefinedKinds(server)
  return server
}

/** Of taking one kind into the tables of names, in units of `Loop.spend`. */
const EFFORT_A_KIND = 8

/** Keeps the registry in step with objects that define kinds. */
function serveDefinedKinds({ store, registry }: ApiServer): void {
  for (const kind of registry.all) {
    const { definesKinds, unserved } = kind
    if (definesKinds === undefined) continue
    const serve = (object: ApiObject | undefined, name: string): void => {
      registry.setCustom(name, object === undefined ? [] : definesKinds(object))
      // Every name that a person may type is looked up anew, and the names of the others are compared with this one's.
      store.cells.charge(registry.all.length * EFFORT_A_KIND)
      registry.setUnserved(name, object && unserved?.(object))
    }
    const resource = storeResource(kind)
    for (const object of store.list(resource)) serve(object, object.metadata.name)
    store.subscribe(resource, ({ before, after }: Change) => serve(after, (after ?? before)!.metadata.name))
  }
}
