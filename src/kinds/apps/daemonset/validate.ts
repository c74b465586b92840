/**
 * What the API refuses in a DaemonSet, in the order and words of upstream's ValidateDaemonSetSpec. A missing selector is no error of
 * its own there: it selects nothing, so the template's labels do not match.
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { DaemonSet, DaemonSetUpdateStrategy } from '../../../api/generated/types/apps-v1.ts'
import type { ValidationContext } from '../../../api/kind.ts'
import { validateLabelSelector } from '../../../api/selectors.ts'
import { unsupported } from '../../core/field-checks.ts'
import { validatePodTemplateSpec } from '../../core/pod-template.ts'
import { intOrPercent, intOrPercentNumber, nonNegative, notMoreThan100Percent } from '../../fields/numbers.ts'
import { immutable } from '../../fields/same.ts'
import { compiledSelector, selectorValue, templateLabelErrors } from '../../fields/selector.ts'

function rollingUpdateErrors(update: NonNullable<DaemonSetUpdateStrategy['rollingUpdate']>, path: string): FieldError[] {
  const found = [
    ...intOrPercent(update.maxUnavailable, `${path}.maxUnavailable`),
    ...intOrPercent(update.maxSurge, `${path}.maxSurge`),
    ...notMoreThan100Percent(update.maxUnavailable, `${path}.maxUnavailable`),
    ...notMoreThan100Percent(update.maxSurge, `${path}.maxSurge`),
  ]
  const hasUnavailable = intOrPercentNumber(update.maxUnavailable) !== 0
  const hasSurge = intOrPercentNumber(update.maxSurge) !== 0
  if (hasUnavailable && hasSurge) found.push(invalid(`${path}.maxSurge`, update.maxSurge, 'may not be set when maxUnavailable is non-zero'))
  if (!hasUnavailable && !hasSurge) found.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  return found
}

/** The strategy as Go's encoding of the internal type prints it. */
const goStrategy = (strategy: DaemonSetUpdateStrategy | undefined): unknown => {
  const update = strategy?.rollingUpdate
  return {
    Type: strategy?.type ?? '',
    RollingUpdate: update ? { MaxUnavailable: update.maxUnavailable ?? 0, MaxSurge: update.maxSurge ?? 0 } : null,
  }
}

function strategyErrors(strategy: DaemonSetUpdateStrategy | undefined, path: string): FieldError[] {
  if (strategy?.type === 'OnDelete') return []
  if (strategy?.type !== 'RollingUpdate') return [unsupported(path, goStrategy(strategy), ['RollingUpdate', 'OnDelete'])]
  return strategy.rollingUpdate === undefined
    ? [required(`${path}.rollingUpdate`)]
    : rollingUpdateErrors(strategy.rollingUpdate, `${path}.rollingUpdate`)
}

export function validate(object: DaemonSet, _context: ValidationContext): FieldError[] {
  const { selector, template, updateStrategy, minReadySeconds, revisionHistoryLimit } = object.spec!
  const found = validateLabelSelector(selector, 'spec.selector')
  const compiled = compiledSelector(selector)
  if (compiled !== undefined) found.push(...templateLabelErrors(template, compiled, 'spec.template'))
  if (selector && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0)
    found.push(invalid('spec.selector', selectorValue(selector), 'empty selector is invalid for daemonset'))
  found.push(...validatePodTemplateSpec(template, 'spec.template'))
  const restartPolicy = template.spec?.restartPolicy
  if (restartPolicy !== 'Always') found.push(unsupported('spec.template.spec.restartPolicy', restartPolicy ?? '', ['Always']))
  if (template.spec?.activeDeadlineSeconds !== undefined)
    found.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in DaemonSet is not Supported'))
  return [
    ...found,
    ...nonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...strategyErrors(updateStrategy, 'spec.updateStrategy'),
    ...nonNegative(revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ]
}

export const validateUpdate = (next: DaemonSet, previous: DaemonSet): FieldError[] =>
  immutable(selectorValue(next.spec?.selector), selectorValue(previous.spec?.selector), 'spec.selector')
