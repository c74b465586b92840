/**
 * Answers as texts that travel: a body in YAML, one line of a watch.
 */
import { stringify } from 'yaml'
import { metadataOf, objectText } from '../api/body-text.ts'
import type { ApiObject } from '../api/meta.ts'
import type { WatchFrame } from '../apiserver/contract.ts'
import type { View } from './media-types.ts'

export const yamlText = (json: string): string =>
  stringify(JSON.parse(json), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })

/** One line of a watch. */
export function frameText(frame: WatchFrame, view: View): string {
  const object = frame.object as ApiObject
  return `{"type":"${frame.type}","object":${objectText(view === 'metadata' ? metadataOf(object) : object)}}\n`
}
