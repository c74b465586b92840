/**
 * LimitRanger: fills in what containers leave out and refuses what lies outside the namespace's ranges
 * (plugin/pkg/admission/limitranger).
 */
import { errors } from '../../../api/errors.ts'
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../../api/generated/types/core-v1.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'
import { claimFaults, type Faults, podFaults } from './ranges.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'

const rangesOf = (request: AdmissionRequest): readonly LimitRange[] => request.server.reader.list('limitranges', request.namespace)
const itemsOf = (range: LimitRange): readonly LimitRangeItem[] => range.spec?.limits ?? []

type Resources = Record<string, string | number>

/** Sets what is absent; the names it set, in byte order. */
function fill(target: Resources, defaults: Readonly<Resources> | undefined): string[] {
  const set: string[] = []
  for (const name of Object.keys(defaults ?? {}).sort()) {
    if (target[name] !== undefined) continue
    target[name] = defaults![name]!
    set.push(name)
  }
  return set
}

function fillContainer(container: Container, items: readonly LimitRangeItem[], what: string, told: string[]): void {
  const limits: Resources = { ...container.resources?.limits }
  const requests: Resources = { ...container.resources?.requests }
  const setRequests: string[] = []
  const setLimits: string[] = []
  for (const item of items) {
    if (item.type !== 'Container') continue
    setRequests.push(...fill(requests, item.defaultRequest))
    setLimits.push(...fill(limits, item.default))
  }
  if (setRequests.length + setLimits.length === 0) return
  container.resources = {
    ...container.resources,
    ...(Object.keys(limits).length > 0 && { limits: limits as Record<string, string> }),
    ...(Object.keys(requests).length > 0 && { requests: requests as Record<string, string> }),
  }
  if (setRequests.length > 0) told.push(`${setRequests.join(', ')} request for ${what} ${container.name}`)
  if (setLimits.length > 0) told.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`)
}

function mutate(request: AdmissionRequest): void {
  const pod = request.object as Pod
  const told: string[] = []
  for (const range of rangesOf(request)) {
    for (const c of pod.spec?.containers ?? []) fillContainer(c, itemsOf(range), 'container', told)
    for (const c of pod.spec?.initContainers ?? []) fillContainer(c, itemsOf(range), 'init container', told)
  }
  if (told.length === 0) return
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}` }
}

function refuse(request: AdmissionRequest, faults: Faults): void {
  if (faults.length === 0) return
  const text = faults.length === 1 ? faults[0]! : `[${[...new Set(faults)].join(', ')}]`
  throw errors.forbidden('', request.kind.resource, refusalName(request), text)
}

function validatePod(request: AdmissionRequest): void {
  for (const range of rangesOf(request))
    refuse(
      request,
      itemsOf(range).flatMap((item) => podFaults(item, request.object as Pod)),
    )
}

function validateClaim(request: AdmissionRequest): void {
  for (const range of rangesOf(request)) {
    refuse(
      request,
      itemsOf(range).flatMap((item) => claimFaults(item, request.object as PersistentVolumeClaim)),
    )
  }
}

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods'],
  operations: ['CREATE'],
  mutate,
  validate: validatePod,
}
export const limitRangerClaims: AdmissionPlugin = {
  name: 'LimitRanger/PersistentVolumeClaim',
  resources: ['persistentvolumeclaims'],
  operations: ['CREATE', 'UPDATE'],
  validate: validateClaim,
}
