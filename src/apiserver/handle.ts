/**
 * The one way in: every request, from whichever door, is authorized, routed to its verb or subresource, answered and put on record.
 */
import { ApiError, errors, type Status } from '../api/errors.ts'
import type { KindDefinition } from '../api/kind.ts'
import { celEvaluated } from '../kinds/cel/cost.ts'
import { passOn } from './aggregation/proxy.ts'
import type { ApiAnswer, ApiRequest, Verb } from './contract.ts'
import { Exchange } from './exchange.ts'
import { getObject, listObjects } from './read/list.ts'
import { answerLookedUp } from './read/looked-up.ts'
import { watchObjects } from './read/watch.ts'
import type { ApiServer } from './server.ts'
import { findSubresource } from './subresources/registry.ts'
import { findVirtual } from './virtual/registry.ts'
import { createObject } from './write/create.ts'
import { deleteCollection, deleteObject } from './write/delete.ts'
import { patchObject } from './write/patch.ts'
import { updateObject } from './write/update.ts'

const verbs: Readonly<Record<Verb, (x: Exchange) => ApiAnswer>> = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create: createObject,
  update: updateObject,
  patch: patchObject,
  delete: deleteObject,
  deletecollection: deleteCollection,
}

const methodNotAllowed = (): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server does not allow this method on the requested resource',
    reason: 'MethodNotAllowed',
    details: {},
    code: 405,
  })

function answer(server: ApiServer, request: ApiRequest): ApiAnswer {
  const kind = server.registry.byResource(request.group, request.version, request.resource)
  const virtual = findVirtual(request)
  if (request.internal !== true) server.authorizer.checkRequest(request, request.verb, virtual?.namespaced ?? isNamespaced(kind, request))
  if (virtual !== undefined) {
    if (request.verb !== 'create') throw methodNotAllowed()
    return virtual.create(server, request)
  }
  const elsewhere = kind === undefined || kind.aggregated ? passOn(server, request, kind) : undefined
  if (elsewhere !== undefined) return elsewhere
  if (kind === undefined) throw errors.pageNotFound()
  const x = new Exchange(server, request, kind)
  if (request.subresource !== undefined) return answerSubresource(x, request.subresource)
  if (!kind.verbs.includes(request.verb) || (request.name === undefined && needsName.has(request.verb))) throw methodNotAllowed()
  if (kind.lookedUp !== undefined) return answerLookedUp(x, kind.lookedUp(server.componentProblem))
  return verbs[request.verb](x)
}

const needsName = new Set<Verb>(['get', 'update', 'patch', 'delete'])

const isNamespaced = (kind: KindDefinition | undefined, request: ApiRequest): boolean => kind?.namespaced ?? request.namespace !== undefined

function answerSubresource(x: Exchange, name: string): ApiAnswer {
  const subresource = findSubresource(x.kind, name)
  if (subresource === undefined) throw errors.pageNotFound()
  const act = subresource.verbs[x.request.verb]
  if (act === undefined) throw methodNotAllowed()
  return act(x)
}

const failed = (status: Status): ApiAnswer => ({ code: status.code ?? 500, body: status, warnings: [] })

/** The name the audit log keeps: the path's, or that of what was created. */
function auditName(request: ApiRequest, body: unknown): string | undefined {
  if (request.name !== undefined) return request.name
  if (request.verb !== 'create') return undefined
  return (body as { metadata?: { name?: string } } | undefined)?.metadata?.name
}

/** Parts of CEL expressions that are evaluated in a microsecond. */
const RULE_PARTS = 16

/** Never throws an ApiError: failures are answers that carry a Status. */
export function handleRequest(server: ApiServer, request: ApiRequest): ApiAnswer {
  const rulesBefore = celEvaluated()
  const result = answerOnRecord(server, request)
  server.store.cells.charge(Math.floor((celEvaluated() - rulesBefore) / RULE_PARTS))
  return result
}

function answerOnRecord(server: ApiServer, request: ApiRequest): ApiAnswer {
  let result: ApiAnswer
  try {
    result = answer(server, request)
  } catch (e) {
    if (!(e instanceof ApiError)) throw e
    result = failed(e.status)
  }
  const deprecation = server.registry.byResource(request.group, request.version, request.resource)?.deprecation
  if (deprecation !== undefined) result = { ...result, warnings: [deprecation, ...result.warnings] }
  if (request.unrecorded !== true) server.audit.record(request, server.clock.nowMs, result.code, auditName(request, result.body))
  return result
}
