/**
 * What admission policies and webhooks match: defaults and checks of their rules and selectors, and of the CEL texts in them.
 */
import { duplicate, type FieldError, invalid, required } from '../../api/errors.ts'
import type { MatchCondition, MatchResources, RuleWithOperations } from '../../api/generated/types/admissionregistration-v1.ts'
import { qualifiedNameErrors } from '../../api/names.ts'
import { validateLabelSelector } from '../../api/selectors.ts'
import { compilationFailure } from '../cel/compilation.ts'
import { celRule } from '../cel/rule.ts'
import { unsupported } from '../core/field-checks.ts'

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

export function setRuleDefaults(rules: RuleWithOperations[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*'
}

export function setMatchDefaults(match: MatchResources): void {
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  setRuleDefaults(match.resourceRules)
  setRuleDefaults(match.excludeResourceRules)
}

const isEmpty = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) === 0

function ruleErrors(rule: RuleWithOperations, path: string): FieldError[] {
  const found: FieldError[] = []
  if (isEmpty(rule.operations)) found.push(required(`${path}.operations`))
  for (const [i, operation] of (rule.operations ?? []).entries())
    if (!operations.includes(operation)) found.push(unsupported(`${path}.operations[${i}]`, operation, operations))
  for (const field of ['apiGroups', 'apiVersions', 'resources'] as const) {
    const list = rule[field] ?? []
    if (list.length === 0) found.push(required(`${path}.${field}`))
    if (list.length > 1 && list.includes('*'))
      found.push(
        invalid(
          `${path}.${field}`,
          list,
          `if '*' is present, must not specify other ${field === 'apiGroups' ? 'API groups' : field === 'apiVersions' ? 'API versions' : 'resources'}`,
        ),
      )
  }
  if (rule.scope !== undefined && !scopes.includes(rule.scope)) found.push(unsupported(`${path}.scope`, rule.scope, scopes))
  return found
}

export const rulesErrors = (rules: readonly RuleWithOperations[] | undefined, path: string): FieldError[] =>
  (rules ?? []).flatMap((rule, i) => ruleErrors(rule, `${path}[${i}]`))

export function matchErrors(match: MatchResources, path: string): FieldError[] {
  return [
    ...validateLabelSelector(match.namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(match.objectSelector, `${path}.objectSelector`),
    ...rulesErrors(match.resourceRules, `${path}.resourceRules`),
    ...rulesErrors(match.excludeResourceRules, `${path}.excludeResourceRules`),
  ]
}

/** A CEL text that must be there and be readable. */
export function expressionErrors(text: string | undefined, path: string, missing: string): FieldError[] {
  if (text === undefined || text.trim() === '') return [required(path, missing)]
  const rule = celRule(text)
  return rule instanceof Error ? [invalid(path, text, compilationFailure(text, rule))] : []
}

export function conditionErrors(conditions: readonly MatchCondition[] | undefined, path: string): FieldError[] {
  const names = new Set<string>()
  return (conditions ?? []).flatMap((condition, i) => {
    const found = expressionErrors(condition.expression, `${path}[${i}].expression`, '')
    if (!condition.name) found.push(required(`${path}[${i}].name`))
    else {
      found.push(...qualifiedNameErrors(condition.name).map((m) => invalid(`${path}[${i}].name`, condition.name, m)))
      if (names.has(condition.name)) found.push(duplicate(`${path}[${i}].name`, condition.name))
      names.add(condition.name)
    }
    return found
  })
}

export const paramKindCell = (kind: { apiVersion?: string; kind?: string } | undefined): string =>
  kind === undefined ? '<unset>' : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`

export const paramRefCell = (ref: { namespace?: string; name?: string } | undefined): string =>
  ref?.name ? `${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}` : '<unset>'

/** Whether a policy says at all what it is about. */
export function constraintErrors(match: MatchResources | undefined, path: string): FieldError[] {
  if (match === undefined) return [required(path)]
  return isEmpty(match.resourceRules) ? [required(`${path}.resourceRules`)] : matchErrors(match, path)
}
