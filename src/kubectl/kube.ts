/**
 * The API as a verb uses it: typed calls over `KubectlHost.request` that throw ApiError, and `Warning:` headers told once each.
 */
import { ApiError, errors, qualifiedResource, type Status } from '../api/errors.ts'
import type { KindDefinition } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'
import type { ObjectOf, Reader, ResourceName } from '../api/reader.ts'
import type { KindRegistry } from '../api/registry.ts'
import { matchesLabels, parseLabelSelector } from '../api/selectors.ts'
import type { ApiAnswer, ApiList, ApiQuery, ApiStream, PatchType, Table, Verb } from '../apiserver/contract.ts'
import type { Target } from './config/access.ts'
import { ConnectionError, type KubectlHost, type KubectlRequest } from './contract.ts'

export interface CallOptions {
  readonly subresource?: string
  readonly query?: ApiQuery
}

const managing = new Set<string>(['create', 'update', 'patch'])

/** The server names a writer without a field manager by its user agent: kubectl's begins with `kubectl`. */
const managed = (request: KubectlRequest): KubectlRequest =>
  managing.has(request.verb) && request.query?.fieldManager === undefined
    ? { ...request, query: { ...request.query, fieldManager: 'kubectl' } }
    : request

/** What clients make of a 503 that says nothing more (client-go's NewGenericServerResponse). */
export function unavailable(request?: Pick<KubectlRequest, 'verb' | 'group' | 'resource' | 'name'>): Status {
  const message = 'the server is currently unable to handle the request'
  if (request === undefined) return errors.serviceUnavailable(message).status
  const { verb, group, resource, name } = request
  const asked = [verb === 'list' ? 'get' : verb, qualifiedResource(resource, group), ...(name === undefined ? [] : [name])].join(' ')
  return errors.serviceUnavailable(`${message} (${asked})`).status
}

/** The server answered with a Status of failure. */
const failureOf = (answer: ApiAnswer, request: KubectlRequest): Status => {
  const body = answer.body as Partial<Status> | undefined
  if (body?.kind === 'Status') return body as Status
  if (answer.code === 503) return unavailable(request)
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: typeof answer.body === 'string' ? answer.body : `the server answered ${answer.code}`,
    code: answer.code,
  }
}

export class Kube {
  #registry: KindRegistry | undefined
  readonly #warned = new Set<string>()

  constructor(
    readonly host: KubectlHost,
    readonly target: Target,
    private readonly warn: (text: string) => void,
  ) {}

  get namespace(): string {
    return this.target.namespace
  }

  /** Discovery, asked once. */
  get kinds(): KindRegistry {
    this.#registry ??= this.#checked(() => this.host.kinds(this.target.access))
    return this.#registry
  }

  #checked<T>(call: () => T): T {
    if (this.target.access.server === '')
      throw new ConnectionError('http://localhost:8080', 'dial tcp 127.0.0.1:8080: connect: connection refused')
    return call()
  }

  /** Throws ApiError for an answer of 400 and more. */
  request(request: KubectlRequest): ApiAnswer {
    const answer = this.#checked(() => this.host.request(managed(request), this.target.access))
    for (const text of answer.warnings) this.warning(text)
    if (answer.code >= 400) throw new ApiError(failureOf(answer, request))
    return answer
  }

  /** `Warning: …` on standard error, each text once. */
  warning(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.warn(`Warning: ${text}\n`)
  }

  /** Whether an object's labels fit a selector text. */
  matches(object: ApiObject | undefined, selector: string): boolean {
    return matchesLabels(parseLabelSelector(selector), object?.metadata?.labels)
  }

  call(
    verb: Verb,
    kind: KindDefinition,
    namespace: string | undefined,
    name: string | undefined,
    rest: Partial<KubectlRequest> = {},
  ): ApiAnswer {
    return this.request({
      verb,
      group: kind.group,
      version: kind.version,
      resource: kind.resource,
      ...(kind.namespaced && namespace !== undefined && namespace !== '' ? { namespace } : {}),
      ...(name === undefined ? {} : { name }),
      ...rest,
    })
  }

  get(kind: KindDefinition, namespace: string | undefined, name: string, options: CallOptions = {}): ApiObject {
    try {
      return this.call('get', kind, namespace, name, options).body as ApiObject
    } catch (error) {
      throw this.#namespaceMissing(error, kind, namespace) ?? error
    }
  }

  getTable(kind: KindDefinition, namespace: string | undefined, name: string, options: CallOptions = {}): Table {
    try {
      return this.call('get', kind, namespace, name, { ...options, as: 'table' }).body as Table
    } catch (error) {
      throw this.#namespaceMissing(error, kind, namespace) ?? error
    }
  }

  /** kubectl asks whether the namespace is there when an object in it is not found (resource.Info.Get). */
  #namespaceMissing(error: unknown, kind: KindDefinition, namespace: string | undefined): unknown {
    if (
      !(error instanceof ApiError) ||
      error.status.reason !== 'NotFound' ||
      !kind.namespaced ||
      namespace === undefined ||
      namespace === 'default'
    )
      return undefined
    try {
      this.request({ verb: 'get', group: '', version: 'v1', resource: 'namespaces', name: namespace })
    } catch (second) {
      if (second instanceof ApiError && second.status.reason === 'NotFound' && second.status.details?.kind === 'namespaces') return second
    }
    return undefined
  }

  /** The object, or undefined where the server says NotFound. */
  find(kind: KindDefinition, namespace: string | undefined, name: string): ApiObject | undefined {
    try {
      return this.call('get', kind, namespace, name).body as ApiObject
    } catch (error) {
      if (error instanceof ApiError && error.status.reason === 'NotFound') return undefined
      throw error
    }
  }

  list(kind: KindDefinition, namespace: string | undefined, query: ApiQuery = {}): ApiList {
    return this.call('list', kind, namespace, undefined, { query }).body as ApiList
  }

  listTable(kind: KindDefinition, namespace: string | undefined, query: ApiQuery = {}): Table {
    return this.call('list', kind, namespace, undefined, { query, as: 'table' }).body as Table
  }

  create(kind: KindDefinition, namespace: string | undefined, body: unknown, options: CallOptions & { name?: string } = {}): ApiObject {
    const { name, ...rest } = options
    return this.call('create', kind, namespace, name, { body, ...rest }).body as ApiObject
  }

  update(kind: KindDefinition, namespace: string | undefined, name: string, body: unknown, options: CallOptions = {}): ApiObject {
    return this.call('update', kind, namespace, name, { body, ...options }).body as ApiObject
  }

  patch(
    kind: KindDefinition,
    namespace: string | undefined,
    name: string,
    body: unknown,
    patchType: PatchType,
    options: CallOptions = {},
  ): ApiObject {
    return this.call('patch', kind, namespace, name, { body, patchType, ...options }).body as ApiObject
  }

  /** The object that lingers, or a Status. */
  delete(kind: KindDefinition, namespace: string | undefined, name: string, query: ApiQuery = {}): unknown {
    return this.call('delete', kind, namespace, name, { query }).body
  }

  watch(kind: KindDefinition, namespace: string | undefined, query: ApiQuery, table = false): ApiStream {
    const answer = this.call('watch', kind, namespace, undefined, { query, ...(table ? { as: 'table' as const } : {}) })
    if (answer.stream === undefined) throw new Error('the server gave no stream for a watch')
    return answer.stream
  }

  /** Reading for kinds' describers and histories: what may not be seen is not there. */
  reader(): Reader {
    return {
      get: <R extends ResourceName>(resource: R, namespace: string | undefined, name: string) => {
        const kind = this.kinds.byStoreName(resource)
        return kind === undefined ? undefined : (this.#quiet(() => this.find(kind, namespace, name)) as ObjectOf<R> | undefined)
      },
      list: <R extends ResourceName>(resource: R, namespace?: string) => {
        const kind = this.kinds.byStoreName(resource)
        return (kind === undefined ? [] : (this.#quiet(() => this.list(kind, namespace).items) ?? [])) as readonly ObjectOf<R>[]
      },
    }
  }

  #quiet<T>(call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      if (error instanceof ApiError) return undefined
      throw error
    }
  }
}
