/**
 * `authorizer` in CEL: expressions ask whether the user of the request may do something (apiserver's cel/library/authz.go).
 */
import type { Environment } from '@marcbachmann/cel-js'

/** What is asked for: a path, or a resource. */
export interface Question {
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Another user than the one of the request: `system:serviceaccount:NAMESPACE:NAME`. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

export type Decide = (question: Question, verb: string) => boolean

class AuthorizerCheck {
  readonly decide: Decide
  readonly question: Question
  constructor(decide: Decide, question: Question) {
    this.decide = decide
    this.question = question
  }
}

export class CelAuthorizer extends AuthorizerCheck {
  /** About the object of the request itself. */
  get requestResource(): ResourceCheck {
    return new ResourceCheck(this.decide, this.own)
  }
  readonly own: Question
  constructor(decide: Decide, own: Question, question: Question = {}) {
    super(decide, question)
    this.own = own
  }
}
class PathCheck extends AuthorizerCheck {}
class GroupCheck extends AuthorizerCheck {}
class ResourceCheck extends AuthorizerCheck {}
class Decision {
  readonly isAllowed: boolean
  constructor(isAllowed: boolean) {
    this.isAllowed = isAllowed
  }
}

/** Adds the types and functions of `authorizer`. */
export function withAuthorizer(environment: Environment): Environment {
  const refine =
    (key: 'resource' | 'subresource' | 'namespace' | 'name') =>
    (c: AuthorizerCheck, value: string): ResourceCheck =>
      new ResourceCheck(c.decide, { ...c.question, [key]: value })
  const check = (c: AuthorizerCheck, verb: string): Decision => new Decision(c.decide(c.question, verb))
  return environment
    .registerType('Decision', Decision)
    .registerType('PathCheck', PathCheck)
    .registerType('GroupCheck', GroupCheck)
    .registerType('ResourceCheck', ResourceCheck)
    .registerType('Authorizer', { ctor: CelAuthorizer, fields: { requestResource: 'ResourceCheck' } })
    .registerFunction(
      'Authorizer.path(string): PathCheck',
      (a: CelAuthorizer, path: string) => new PathCheck(a.decide, { ...a.question, path }),
    )
    .registerFunction(
      'Authorizer.group(string): GroupCheck',
      (a: CelAuthorizer, group: string) => new GroupCheck(a.decide, { ...a.question, group }),
    )
    .registerFunction(
      'Authorizer.serviceAccount(string, string): Authorizer',
      (a: CelAuthorizer, namespace: string, name: string) => new CelAuthorizer(a.decide, a.own, { serviceAccount: { namespace, name } }),
    )
    .registerFunction('GroupCheck.resource(string): ResourceCheck', refine('resource'))
    .registerFunction('ResourceCheck.subresource(string): ResourceCheck', refine('subresource'))
    .registerFunction('ResourceCheck.namespace(string): ResourceCheck', refine('namespace'))
    .registerFunction('ResourceCheck.name(string): ResourceCheck', refine('name'))
    .registerFunction('ResourceCheck.check(string): Decision', check)
    .registerFunction('PathCheck.check(string): Decision', check)
    .registerFunction('Decision.allowed(): bool', (d: Decision) => d.isAllowed)
    .registerFunction('Decision.reason(): string', () => '')
    .registerFunction('Decision.errored(): bool', () => false)
    .registerFunction('Decision.error(): string', () => '')
}
