/** The mutants of a document: a field or an item left out, a value changed. Written back as JSON, which is YAML as well. */
import { parseAllDocuments } from 'yaml'
import type { EmbeddedDocument } from './script.ts'
import { otherValues } from './values.ts'

type Path = readonly (string | number)[]

export interface DocumentMutant {
  readonly kind: 'part' | 'change' | 'rename'
  /** What is done: `drop spec.replicas`, `spec.replicas: 3 → 2`. */
  readonly what: string
  readonly text: string
}

/** Without them every document is refused: nothing to learn. */
const NEVER = new Set(['apiVersion', 'kind', 'op'])
/** Names and notes that are the author's choice wherever nothing refers to them; where something does, the mutant fails. In a patch a name says which is meant. */
const DESCRIBES = /\bports\.\d+\.name$|\bcontainers\.\d+\.ports\b/
const OWN_NAME = /^metadata\.(name|labels\b.*)$|\b(containers|volumeClaimTemplates)\.\d+(\.metadata)?\.name$/

/** Nothing for a text that is no YAML. */
export function documentMutants({ text }: EmbeddedDocument): DocumentMutant[] {
  const documents = valuesOf(text)
  if (documents === undefined) return []
  const written = (i: number, value: unknown): string =>
    `${documents.map((d, n) => JSON.stringify(n === i ? value : d)).join('\n---\n')}${text.endsWith('\n') ? '\n' : ''}`
  return documents.flatMap((document, i) =>
    fieldsOf(document, []).flatMap(({ path, value, isOnlyLeaf }): DocumentMutant[] => {
      const key = String(path.at(-1))
      if (NEVER.has(key)) return []
      const where = path.join('.')
      const named = documents.length > 1 ? `[${i + 1}] ${where}` : where
      const describes = DESCRIBES.test(where) || (isTree(document) && 'kind' in document && OWN_NAME.test(where))
      const mutant = (kind: DocumentMutant['kind'], what: string, other: unknown): DocumentMutant => ({
        kind: describes ? 'rename' : kind,
        what,
        text: written(i, other),
      })
      return [
        ...(where === 'metadata.name' || isOnlyLeaf ? [] : [mutant('part', `drop ${named}`, without(document, path))]),
        ...otherValues(value, key).map((other) => mutant('change', `${named}: ${value} → ${other}`, replaced(document, path, other))),
      ]
    }),
  )
}

function valuesOf(text: string): unknown[] | undefined {
  try {
    const documents = parseAllDocuments(text)
    if (!Array.isArray(documents) || documents.some((d) => d.errors.length > 0)) return undefined
    const values = documents.map((d): unknown => d.toJS({ maxAliasCount: 100 }))
    return values.every((v) => typeof v === 'object' && v !== null) ? values : undefined
  } catch {
    return undefined
  }
}

const isTree = (value: unknown): value is Record<string, unknown> | unknown[] => typeof value === 'object' && value !== null

interface Field {
  readonly path: Path
  readonly value: unknown
  /** Alone in what holds it: leaving that out comes to the same. */
  readonly isOnlyLeaf: boolean
}

function fieldsOf(value: unknown, path: Path): Field[] {
  if (!isTree(value)) return []
  const entries: [string | number, unknown][] = Array.isArray(value) ? value.map((v, i) => [i, v]) : Object.entries(value)
  return entries.flatMap(([key, inner]) => [
    { path: [...path, key], value: inner, isOnlyLeaf: entries.length === 1 && path.length > 0 && !isTree(inner) },
    ...fieldsOf(inner, [...path, key]),
  ])
}

/** A copy in which what the last key leads to is treated. */
function treated(
  value: unknown,
  [key, ...rest]: Path,
  treat: (holder: Record<string, unknown> | unknown[], key: string | number) => void,
): unknown {
  const copy = Array.isArray(value) ? [...value] : { ...(value as Record<string, unknown>) }
  if (rest.length === 0) treat(copy, key!)
  else Object.assign(copy, { [key!]: treated((value as Record<string | number, unknown>)[key!], rest, treat) })
  return copy
}

const without = (value: unknown, path: Path): unknown =>
  treated(value, path, (holder, key) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[String(key)]
  })

const replaced = (value: unknown, path: Path, other: unknown): unknown =>
  treated(value, path, (holder, key) => void Object.assign(holder, { [key]: other }))
