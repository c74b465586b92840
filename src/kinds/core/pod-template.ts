/**
 * What kinds that hold a pod template ask of it: defaults, validation, warnings. The face of the pod folder for other kinds.
 */
import { type FieldError, forbidden } from '../../api/errors.ts'
import type { PodSpec, PodTemplateSpec } from '../../api/generated/types/core-v1.ts'
import { validateAnnotations, validateLabels } from '../../api/names-meta.ts'
import { same } from '../fields/same.ts'
import { validatePodSpec } from './pod/validate/spec.ts'
import { podSpecWarnings } from './pod/warnings.ts'

export { setPodTemplateDefaults } from './pod/defaults.ts'

/** Everything wrong with a template; `path` is where it stands (`spec.template`). */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: string): FieldError[] {
  const spec = template.spec ?? ({ containers: [] } as PodSpec)
  const found = [
    ...validateLabels(template.metadata?.labels, `${path}.labels`),
    ...validateAnnotations(template.metadata?.annotations, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ]
  if ((spec.ephemeralContainers?.length ?? 0) > 0)
    found.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'))
  return found
}

/** Warnings about a template; none when it has not changed. */
export function podTemplateWarnings(template: PodTemplateSpec | undefined, path: string, previous?: PodTemplateSpec): string[] {
  if (!template?.spec || (previous !== undefined && same(template, previous))) return []
  return podSpecWarnings(template.spec, template.metadata?.annotations, `${path}.spec`, `${path}.metadata.annotations`)
}
