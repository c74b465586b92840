/**
 * What the API refuses in a Deployment, in the order and words of upstream's ValidateDeploymentSpec.
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { Deployment, DeploymentStrategy, RollingUpdateDeployment } from '../../../api/generated/types/apps-v1.ts'
import type { ValidationContext } from '../../../api/kind.ts'
import { unsupported } from '../../core/field-checks.ts'
import { intOrPercent, intOrPercentNumber, nonNegative, notMoreThan100Percent } from '../../fields/numbers.ts'
import { same } from '../../fields/same.ts'
import { selectorValue, workloadSelectorErrors } from '../../fields/selector.ts'
import { runForeverTemplateErrors } from '../workload.ts'

function rollingUpdateErrors(update: RollingUpdateDeployment, path: string): FieldError[] {
  const found = [...intOrPercent(update.maxUnavailable, `${path}.maxUnavailable`), ...intOrPercent(update.maxSurge, `${path}.maxSurge`)]
  if (intOrPercentNumber(update.maxUnavailable) === 0 && intOrPercentNumber(update.maxSurge) === 0)
    found.push(invalid(`${path}.maxUnavailable`, update.maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'))
  return [...found, ...notMoreThan100Percent(update.maxUnavailable, `${path}.maxUnavailable`)]
}

/** The strategy as Go's encoding of the internal type prints it. */
const goStrategy = (strategy: DeploymentStrategy | undefined): unknown => {
  const update = strategy?.rollingUpdate
  return {
    Type: strategy?.type ?? '',
    RollingUpdate: update ? { MaxUnavailable: update.maxUnavailable ?? 0, MaxSurge: update.maxSurge ?? 0 } : null,
  }
}

function strategyErrors(strategy: DeploymentStrategy | undefined, path: string): FieldError[] {
  const update = strategy?.rollingUpdate
  switch (strategy?.type) {
    case 'Recreate':
      return update === undefined ? [] : [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
    case 'RollingUpdate':
      if (update === undefined) return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')]
      return rollingUpdateErrors(update, `${path}.rollingUpdate`)
    default:
      return [unsupported(path, goStrategy(strategy), ['Recreate', 'RollingUpdate'])]
  }
}

function deadlineErrors(deadline: number | undefined, minReady: number): FieldError[] {
  if (deadline === undefined) return []
  const path = 'spec.progressDeadlineSeconds'
  const found = nonNegative(deadline, path)
  if (deadline <= minReady) found.push(invalid(path, deadline, 'must be greater than minReadySeconds'))
  return found
}

export function validate(object: Deployment, context: ValidationContext): FieldError[] {
  const spec = object.spec!
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...workloadSelectorErrors(spec.selector, 'spec.selector', 'deployment'),
    ...runForeverTemplateErrors(spec.template, spec.selector, 'spec.template', 'ReplicaSet', context),
    ...strategyErrors(spec.strategy, 'spec.strategy'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...deadlineErrors(spec.progressDeadlineSeconds, spec.minReadySeconds ?? 0),
  ]
}

export const validateUpdate = (next: Deployment, previous: Deployment): FieldError[] =>
  same(next.spec?.selector, previous.spec?.selector)
    ? []
    : [invalid('spec.selector', selectorValue(next.spec?.selector), 'field is immutable')]
