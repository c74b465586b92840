/**
 * CEL expressions of policies and webhooks: what they see of a request, and what a failure is called (apiserver's plugin/cel and
 * webhook/matchconditions).
 */
import type { KindDefinition } from '../../../api/kind.ts'
import { CelAuthorizer, type Question } from '../../../kinds/cel/authorizer.ts'
import { celRule, celValue } from '../../../kinds/cel/rule.ts'
import type { Attributes } from '../../authorization/rules.ts'
import type { AdmissionRequest } from '../contract.ts'
import { requestFacts } from './facts.ts'

export type Context = Record<string, unknown>

export interface NamedExpression {
  readonly name: string
  readonly expression: string
}

/** The value of an expression. Throws Error when it cannot be read or worked out. */
export function evaluate(expression: string, context: Context): unknown {
  const rule = celRule(expression)
  if (rule instanceof Error) throw rule
  return rule.run(context)
}

export const errorText = (expression: string, e: unknown): string =>
  `expression '${expression}' resulted in error: ${(e as Error).message.split('\n')[0]}`

function attributesOf(q: Question, verb: string): Attributes {
  const { path, group = '', resource = '', subresource, namespace, name } = q
  return path !== undefined ? { verb, group: '', resource: '', path } : { verb, group, resource, subresource, namespace, name }
}

function authorizerOf(r: AdmissionRequest): CelAuthorizer {
  const { authorizer } = r.server
  const decide = (q: Question, verb: string): boolean => {
    const account = q.serviceAccount
    const user =
      account === undefined
        ? r.user
        : {
            name: `system:serviceaccount:${account.namespace}:${account.name}`,
            groups: ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'],
          }
    return authorizer.allows(user, attributesOf(q, verb))
  }
  const { group, resource } = r.requested
  const own = { group, resource, ...(r.subresource && { subresource: r.subresource }) }
  return new CelAuthorizer(decide, { ...own, ...(r.namespace && { namespace: r.namespace }), ...(r.name && { name: r.name }) })
}

/** `object`, `oldObject`, `request`, `namespaceObject`, `authorizer`. */
export function contextOf(r: AdmissionRequest, matched: KindDefinition): Context {
  const { object, oldObject, ...request } = requestFacts(r, matched)
  const namespace =
    r.namespace === undefined || r.resource === 'namespaces' ? undefined : r.server.store.get('namespaces', undefined, r.namespace)
  return {
    object: celValue(object),
    oldObject: celValue(oldObject),
    request: { subResource: '', name: '', namespace: '', ...(celValue(request) as object) },
    namespaceObject: celValue(namespace ?? null),
    authorizer: authorizerOf(r),
  }
}

/** Variables are worked out when they are first read; one that fails fails what reads it. */
export function withVariables(variables: readonly NamedExpression[] | undefined, context: Context): Context {
  const values: Context = {}
  const full = { ...context, variables: values }
  for (const { name, expression } of variables ?? []) {
    let known: { readonly value: unknown } | undefined
    const get = (): unknown => {
      known ??= { value: evaluate(expression, full) }
      return known.value
    }
    Object.defineProperty(values, name, { enumerable: true, configurable: true, get })
  }
  return full
}

/** One condition that is false leaves the request out, whatever fails in the others. A text: what failed. */
export function conditionsHold(conditions: readonly NamedExpression[] | undefined, context: Context): boolean | string {
  const failed: string[] = []
  for (const { expression } of conditions ?? []) {
    try {
      if (evaluate(expression, context) !== true) return false
    } catch (e) {
      failed.push(errorText(expression, e))
    }
  }
  return failed.length === 0 || (failed.length === 1 ? failed[0]! : `[${failed.join(', ')}]`)
}
