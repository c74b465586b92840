/**
 * A workload's label selector: how it is checked against its pod template, and the form in which errors show it.
 */
import { type FieldError, invalid, isApiError, required } from '../../api/errors.ts'
import type { PodTemplateSpec } from '../../api/generated/types/core-v1.ts'
import type { LabelSelector } from '../../api/generated/types/meta.ts'
import { labelSelectorOf, matchesLabels, type Selector, validateLabelSelector } from '../../api/selectors.ts'

/** Fields in the order of the API's own type, as error messages print it. */
export const selectorValue = (selector: LabelSelector | undefined): unknown =>
  selector === undefined || selector === null
    ? null
    : {
        ...(selector.matchLabels && { matchLabels: selector.matchLabels }),
        ...(selector.matchExpressions && {
          matchExpressions: selector.matchExpressions.map((r) => ({
            key: r.key,
            operator: r.operator,
            ...(r.values && { values: r.values }),
          })),
        }),
      }

/** The compiled selector; undefined when it is not one. */
export function compiledSelector(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return labelSelectorOf(selector)
  } catch (e) {
    if (isApiError(e)) return undefined
    throw e
  }
}

const isEmpty = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0

/** `spec.selector` of a Deployment, ReplicaSet, StatefulSet or DaemonSet; `kind` as its message names it (`deployment`). */
export function workloadSelectorErrors(selector: LabelSelector | undefined, path: string, kind: string): FieldError[] {
  if (selector === undefined || selector === null) return [required(path)]
  const found = validateLabelSelector(selector, path)
  if (isEmpty(selector)) found.push(invalid(path, selectorValue(selector), `empty selector is invalid for ${kind}`))
  return found
}

/** Labels as errors show them: by key. */
export const labelsValue = (labels: Readonly<Record<string, string>> | undefined): unknown =>
  labels === undefined ? null : Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** The template's labels must be selected; an empty selector asks for nothing. */
export function templateLabelErrors(template: PodTemplateSpec | undefined, selector: Selector, path: string): FieldError[] {
  if (selector.nothing !== true && selector.requirements.length === 0) return []
  const labels = template?.metadata?.labels
  return matchesLabels(selector, labels)
    ? []
    : [invalid(`${path}.metadata.labels`, labelsValue(labels), '`selector` does not match template `labels`')]
}
