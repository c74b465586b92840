/**
 * What the workload kinds of the apps group have in common: zero values of their structures, checks of their templates, cells.
 */
import type { FieldError } from '../../api/errors.ts'
import { forbidden, invalid } from '../../api/errors.ts'
import type { PodTemplateSpec } from '../../api/generated/types/core-v1.ts'
import type { LabelSelector } from '../../api/generated/types/meta.ts'
import type { ValidationContext } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { dns1123LabelErrors } from '../../api/names.ts'
import { formatLabelSelector, formatSelector, labelSelectorOf } from '../../api/selectors.ts'
import { unsupported } from '../core/field-checks.ts'
import { podTemplateWarnings, setPodTemplateDefaults, validatePodTemplateSpec } from '../core/pod-template.ts'
import { compiledSelector, selectorValue, templateLabelErrors } from '../fields/selector.ts'

/** A spec with the template every workload has, both made where the client left them out (Go's zero values). */
export function specWithTemplate<S>(object: ApiObject): S {
  object['spec'] ??= {}
  const spec = object['spec']
  spec.template ??= {}
  setPodTemplateDefaults(spec.template)
  return spec as S
}

/** Takes away fields that Go would not write: zero values of `omitempty` fields that are no pointers. */
export function dropZero<S extends object>(spec: S, ...fields: (keyof S)[]): void {
  for (const field of fields) if (!spec[field]) delete spec[field]
}

/** The template of a workload whose pods run for ever, against its selector (upstream's ValidatePodTemplateSpecForReplicaSet and kin). */
export function runForeverTemplateErrors(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  path: string,
  kind: string,
  _context: ValidationContext,
): FieldError[] {
  const compiled = compiledSelector(selector)
  if (compiled === undefined) return [invalid('spec.selector', selectorValue(selector), 'invalid label selector')]
  const found = [...templateLabelErrors(template, compiled, path), ...validatePodTemplateSpec(template ?? {}, path)]
  const spec = template?.spec
  if (spec?.restartPolicy !== 'Always') found.push(unsupported(`${path}.spec.restartPolicy`, spec?.restartPolicy ?? '', ['Always']))
  if (spec?.activeDeadlineSeconds !== undefined)
    found.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`))
  return found
}

export const selectorCell = (selector: LabelSelector | undefined): string => formatLabelSelector(selector)

/** The selector as `/scale` tells it. */
export const scaleSelector = (selector: LabelSelector | undefined): string => formatSelector(labelSelectorOf(selector))

const hostNameAdvice =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended'

/** Warnings about a new name whose pods will carry it, and about the template. */
export function templateWarnings(
  object: ApiObject,
  previous: ApiObject | undefined,
  templateOf: (o: ApiObject) => PodTemplateSpec | undefined,
  path: string,
): string[] {
  const wrong = previous === undefined ? dns1123LabelErrors(object.metadata.name ?? '') : []
  const advice = wrong.length === 0 ? [] : [`${hostNameAdvice}: [${wrong.join(' ')}]`]
  return [...advice, ...podTemplateWarnings(templateOf(object), path, previous && templateOf(previous))]
}
