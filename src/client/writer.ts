/**
 * Writing through the API from inside the cluster: typed by resource, answers unwrapped, failures thrown as ApiError.
 */
import { produce } from 'immer'
import { ApiError, errors, type Status } from '../api/errors.ts'
import type { KindDefinition, UserInfo } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'
import type { ObjectOf, ResourceName } from '../api/reader.ts'
import type { ApiRequest } from '../apiserver/contract.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { findSubresource } from '../apiserver/subresources/registry.ts'
import type { DeleteOptions, Writer } from './contract.ts'

type Call = Pick<ApiRequest, 'verb' | 'namespace' | 'name' | 'subresource' | 'body' | 'patchType' | 'query' | 'given'>

export class ApiWriter implements Writer {
  readonly #server: ApiServer
  readonly #user: UserInfo

  constructor(server: ApiServer, user: UserInfo) {
    this.#server = server
    this.#user = user
  }

  #kind(resource: ResourceName): KindDefinition {
    const kind = this.#server.registry.byStoreName(resource)
    if (kind === undefined) throw errors.pageNotFound()
    return kind
  }

  #send(resource: ResourceName, { verb, namespace, name, subresource, body, patchType, query, given }: Call): unknown {
    const { group, version, resource: plural } = this.#kind(resource)
    const user = this.#user
    const answer = this.#server.handle({
      verb,
      group,
      version,
      resource: plural,
      subresource,
      namespace,
      name,
      user,
      body,
      patchType,
      query,
      internal: true,
      given,
    })
    if (answer.code >= 400) throw new ApiError(answer.body as Status)
    return answer.body
  }

  create<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R> {
    const { namespace } = (object as ApiObject).metadata
    return this.#send(resource, { verb: 'create', namespace, body: object }) as ObjectOf<R>
  }

  give<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R> {
    const { namespace } = (object as ApiObject).metadata
    return this.#send(resource, { verb: 'create', namespace, body: object, given: true }) as ObjectOf<R>
  }

  #put(resource: ResourceName, object: ApiObject, subresource?: string): unknown {
    const { name, namespace } = object.metadata
    return this.#send(resource, { verb: 'update', name, namespace, subresource, body: object })
  }

  update<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R> {
    return this.#put(resource, object as ApiObject) as ObjectOf<R>
  }

  updateStatus<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R> {
    return this.#put(resource, object as ApiObject, 'status') as ObjectOf<R>
  }

  modify<R extends ResourceName>(
    resource: R,
    namespace: string | undefined,
    name: string,
    change: (draft: ObjectOf<R>) => void,
    subresource?: 'status',
  ): ObjectOf<R> | undefined {
    const current = this.#server.reader.get(resource, namespace, name) as ApiObject | undefined
    if (current === undefined) return undefined
    const next = produce(current, (draft) => {
      change(draft as ObjectOf<R>)
    })
    if (next === current) return current as ObjectOf<R>
    return this.#put(resource, next, subresource) as ObjectOf<R>
  }

  patch<R extends ResourceName>(
    resource: R,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    type: 'merge' | 'strategic' | 'json',
    subresource?: string,
  ): ObjectOf<R> {
    return this.#send(resource, { verb: 'patch', name, namespace, subresource, patchType: type, body: patch }) as ObjectOf<R>
  }

  delete(resource: ResourceName, namespace: string | undefined, name: string, options: DeleteOptions = {}): void {
    const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion } = options
    const preconditions = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) }
    const query = {
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      ...(propagationPolicy !== undefined && { propagationPolicy }),
      preconditions,
    }
    this.#send(resource, { verb: 'delete', name, namespace, query })
  }

  scale(resource: ResourceName, namespace: string | undefined, name: string): ApiObject {
    return this.#send(resource, { verb: 'get', name, namespace, subresource: 'scale' }) as ApiObject
  }

  post(resource: ResourceName, namespace: string | undefined, name: string, subresource: string, body: unknown): void {
    const verb = findSubresource(this.#kind(resource), subresource)?.verbs.create === undefined ? 'update' : 'create'
    this.#send(resource, { verb, name, subresource, namespace, body })
  }
}
