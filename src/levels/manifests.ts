/** Reads the manifests a level starts from: YAML documents, lists taken apart. Untrusted, so aliases are bounded and objects counted. */
import { LineCounter, parseAllDocuments } from 'yaml'
import type { ApiObject } from '../api/meta.ts'
import { LevelError } from './loader/problems.ts'

const MAX_ALIASES = 100

export function readManifests(file: string, text: string): ApiObject[] {
  const lines = new LineCounter()
  const objects: ApiObject[] = []
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: '1.1' })
  for (const doc of Array.isArray(documents) ? documents : []) {
    const fail = (offset: number, message: string): never => {
      const { line, col } = lines.linePos(offset)
      throw new LevelError([{ file, line, column: col, message }])
    }
    const error = doc.errors[0]
    if (error) fail(error.pos[0], error.message)
    let value: unknown
    try {
      value = doc.toJS({ maxAliasCount: MAX_ALIASES })
    } catch (e) {
      fail(doc.range?.[0] ?? 0, e instanceof Error ? e.message : 'this document cannot be read')
    }
    if (value === null || value === undefined) continue
    const object = value as ApiObject
    if (typeof object !== 'object' || typeof object.apiVersion !== 'string' || typeof object.kind !== 'string') fail(doc.range?.[0] ?? 0, 'an object needs apiVersion and kind')
    if (object.kind === 'List') objects.push(...((object['items'] as ApiObject[] | undefined) ?? []))
    else if (typeof object.metadata?.name !== 'string' && typeof object.metadata?.generateName !== 'string') fail(doc.range?.[0] ?? 0, `this ${object.kind} needs metadata.name`)
    else objects.push(object)
  }
  return objects
}
