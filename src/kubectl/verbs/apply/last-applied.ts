/**
 * The `kubectl.kubernetes.io/last-applied-configuration` annotation: what apply last sent, as JSON.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { toJson } from '../../printers/json.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The configuration that was applied last, undefined where there is none. */
export function lastAppliedOf(object: ApiObject): ApiObject | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED]
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as ApiObject
  } catch {
    return undefined
  }
}

/** The object with `annotations`, empty where it has none, and without the annotation itself. */
export function withoutLastApplied(object: ApiObject): ApiObject {
  const annotations: Record<string, string> = { ...object.metadata?.annotations }
  delete annotations[LAST_APPLIED]
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The annotation's text: the object with `annotations` but without the annotation itself, and a line break. */
export const lastAppliedText = (object: ApiObject): string => `${toJson(withoutLastApplied(object), false)}\n`

/** The annotation's text as `set-last-applied` writes it: no empty `annotations`. */
export function barelyAppliedText(object: ApiObject): string {
  const { annotations, ...metadata } = withoutLastApplied(object).metadata
  const bare = Object.keys(annotations ?? {}).length === 0
  return `${toJson({ ...object, metadata: bare ? metadata : { ...metadata, annotations } }, false)}\n`
}

/** The object, carrying itself in the annotation. */
export function withLastApplied(object: ApiObject): ApiObject {
  const annotations = { ...object.metadata?.annotations, [LAST_APPLIED]: lastAppliedText(object) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}
