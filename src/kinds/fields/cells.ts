/**
 * Cells that the tables of several kinds share.
 */
import type { PodTemplateSpec } from '../../api/generated/types/core-v1.ts'

export const containerNames = (template: PodTemplateSpec | undefined): string =>
  (template?.spec?.containers ?? []).map((c) => c.name).join(',')

export const containerImages = (template: PodTemplateSpec | undefined): string =>
  (template?.spec?.containers ?? []).map((c) => c.image ?? '').join(',')

/** `True`, `False`, or the given text where it is not set. */
export const boolText = (value: boolean | undefined, unset: string): string =>
  value === undefined || value === null ? unset : value ? 'True' : 'False'
