/**
 * What may change in a pod once it exists (upstream's ValidatePodUpdate): images, a shorter deadline, more tolerations, fewer
 * scheduling gates. Anything else is answered with a difference of the two specs in Go's form.
 */
import { type FieldError, forbidden, invalid } from '../../../../api/errors.ts'
import type { Container, Pod, PodSpec, Toleration } from '../../../../api/generated/types/core-v1.ts'
import { inclusiveRangeMessage } from '../../../../api/names.ts'
import { same } from '../../../fields/same.ts'
import { goJson } from '../../go-form/print.ts'
import { unifiedDiff } from '../../go-form/unified-diff.ts'
import { podSpecForm } from '../host-fields.ts'

const MAX_INT32 = 2_147_483_647
const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

const containerCountErrors = (next: readonly Container[], previous: readonly Container[], path: string): FieldError[] =>
  next.length === previous.length ? [] : [forbidden(path, 'pod updates may not add or remove containers')]

/** The error that ends the validation, or undefined. */
function deadlineError(next: PodSpec, previous: PodSpec): FieldError | undefined {
  const path = 'spec.activeDeadlineSeconds'
  const now = next.activeDeadlineSeconds ?? undefined
  const then = previous.activeDeadlineSeconds ?? undefined
  if (now === undefined) return then === undefined ? undefined : invalid(path, null, 'must not update from a positive integer to nil value')
  if (now < 0 || now > MAX_INT32) return invalid(path, now, inclusiveRangeMessage(0, MAX_INT32))
  return then !== undefined && then < now ? invalid(path, now, 'must be less than or equal to previous value') : undefined
}

const sameBut = (a: Toleration, b: Toleration): boolean =>
  same({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined })

function tolerationErrors(next: PodSpec, previous: PodSpec): FieldError[] {
  const kept = (previous.tolerations ?? []).every((old) => (next.tolerations ?? []).some((t) => sameBut(t, old)))
  return kept ? [] : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

function gateErrors(next: PodSpec, previous: PodSpec): FieldError[] {
  const known = new Set((previous.schedulingGates ?? []).map((g) => g.name))
  return (next.schedulingGates ?? []).flatMap((gate, i) =>
    known.has(gate.name)
      ? []
      : [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${gate.name}'`)],
  )
}

const withImages = (next: readonly Container[] | undefined, previous: readonly Container[] | undefined): Container[] | undefined =>
  next?.map((container, i) => {
    const image = previous?.[i]?.image
    const { image: _image, ...rest } = container
    return image === undefined ? rest : { ...rest, image }
  })

/** The new spec with everything that may change set back to what it was. */
function munged(next: PodSpec, previous: PodSpec): PodSpec {
  const spec: PodSpec = {
    ...next,
    containers: withImages(next.containers, previous.containers)!,
    initContainers: withImages(next.initContainers, previous.initContainers),
    activeDeadlineSeconds: previous.activeDeadlineSeconds,
    tolerations: previous.tolerations,
    schedulingGates: previous.schedulingGates,
  }
  if ((previous.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1)
    spec.terminationGracePeriodSeconds = previous.terminationGracePeriodSeconds
  if ((previous.schedulingGates?.length ?? 0) > 0) {
    spec.nodeSelector = { ...previous.nodeSelector, ...next.nodeSelector }
    if (Object.keys(previous.nodeSelector ?? {}).every((k) => next.nodeSelector?.[k] === previous.nodeSelector?.[k]))
      spec.nodeSelector = previous.nodeSelector
  }
  return spec
}

/** Everything that speaks against turning `previous` into `next`. */
export function podUpdateErrors(next: Pod, previous: Pod): FieldError[] {
  const now = next.spec ?? ({ containers: [] } as PodSpec)
  const then = previous.spec ?? ({ containers: [] } as PodSpec)
  if (now === then) return []
  const counts = [
    ...containerCountErrors(now.containers ?? [], then.containers ?? [], 'spec.containers'),
    ...containerCountErrors(now.initContainers ?? [], then.initContainers ?? [], 'spec.initContainers'),
  ]
  if (counts.length > 0) return counts.slice(0, 1)
  const deadline = deadlineError(now, then)
  if (deadline) return [deadline]
  const found = [...tolerationErrors(now, then), ...gateErrors(now, then)]
  const allowed = munged(now, then)
  if (same(allowed, then)) return found
  const before = goJson(podSpecForm(then))
  const after = goJson(podSpecForm(allowed))
  if (before !== after)
    found.push(forbidden('spec', `pod updates may not change fields other than ${updatable}\n${unifiedDiff(before, after)}`))
  return found
}
