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

type Call = Omit<ApiRequest, 'group' | 'version' | 'resource' | 'user' | 'internal'>

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

  #send(resource: ResourceName, call: Call): unknown {
    const { group, version, resource: plural } = this.#kind(resource)
    const answer = this.#server.handle({ ...call, group, version, resource: plural, user: this.#user, internal: true })
    if (answer.code >= 400) throw new ApiError(answer.body as Status)
    return answer.body
  }

  create<R extends ResourceName>(resource: R, object: ObjectOf<R>): ObjectOf<R> {
    const { namespace } = (object as ApiObject).metadata
    return this.#send(resource, { verb: 'create', ...(namespace !== undefined && { namespace }), body: object }) as ObjectOf<R>
  }

  #put(resource: ResourceName, object: ApiObject, subresource?: string): unknown {
    const { name, namespace } = object.metadata
    return this.#send(resource, {
      verb: 'update',
      name,
      ...(namespace !== undefined && { namespace }),
      ...(subresource !== undefined && { subresource }),
      body: object,
    })
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
    const call: Call = {
      verb: 'patch',
      name,
      ...(namespace !== undefined && { namespace }),
      ...(subresource !== undefined && { subresource }),
      patchType: type,
      body: patch,
    }
    return this.#send(resource, call) as ObjectOf<R>
  }

  delete(resource: ResourceName, namespace: string | undefined, name: string, options: DeleteOptions = {}): void {
    const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion } = options
    const preconditions = { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) }
    const query = {
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      ...(propagationPolicy !== undefined && { propagationPolicy }),
      preconditions,
    }
    this.#send(resource, { verb: 'delete', name, ...(namespace !== undefined && { namespace }), query })
  }

  scale(resource: ResourceName, namespace: string | undefined, name: string): ApiObject {
    const call: Call = { verb: 'get', name, ...(namespace !== undefined && { namespace }), subresource: 'scale' }
    return this.#send(resource, call) as ApiObject
  }

  post(resource: ResourceName, namespace: string | undefined, name: string, subresource: string, body: unknown): void {
    const verb = findSubresource(this.#kind(resource), subresource)?.verbs.create === undefined ? 'update' : 'create'
    this.#send(resource, { verb, name, subresource, ...(namespace !== undefined && { namespace }), body })
  }
}
