/**
 * Kustomize's `replacements`: a field of one resource copied into fields of others.
 */
import { CommandError } from '../errors.ts'
import type { ReplacementEntry, Resource } from './contract.ts'
import { isTarget } from './patches.ts'

/** `spec.template.spec.containers.[name=web].image`, `metadata.annotations.example\.com/x`, `spec.ports.0.port`. */
export function splitFieldPath(path: string): string[] {
  return (path.match(/(?:\[[^\]]*\]|\\.|[^.\\])+/g) ?? []).map((part) => part.replaceAll('\\.', '.'))
}

type Holder = { get: () => unknown; set: (value: unknown) => void }

/** The places a path leads to; `create` makes missing maps. */
function places(root: unknown, parts: readonly string[], create: boolean): Holder[] {
  const [part, ...rest] = parts
  if (part === undefined || typeof root !== 'object' || root === null) return []
  const keys = keysOf(root, part)
  const out: Holder[] = []
  for (const key of keys) {
    const holder = root as Record<string, unknown>
    if (rest.length === 0) {
      if (create || holder[key] !== undefined)
        out.push({
          get: () => holder[key],
          set: (value) => {
            holder[key] = value
          },
        })
      continue
    }
    if (holder[key] === undefined && create) holder[key] = {}
    out.push(...places(holder[key], rest, create))
  }
  return out
}

function keysOf(root: object, part: string): string[] {
  if (!Array.isArray(root)) return [part]
  if (part === '*') return root.map((_, i) => String(i))
  const found = /^\[([^=]+)=(.*)\]$/.exec(part)
  if (found === null) return [part]
  return root.flatMap((item, i) => (String((item as Record<string, unknown>)[found[1]!]) === found[2] ? [String(i)] : []))
}

const piece = (value: unknown, options: { delimiter?: string; index?: number } | undefined): unknown =>
  options?.delimiter === undefined ? value : (String(value).split(options.delimiter)[options.index ?? 0] ?? '')

function put(place: Holder, value: unknown, options: { delimiter?: string; index?: number } | undefined): void {
  if (options?.delimiter === undefined) {
    place.set(value)
    return
  }
  const parts = String(place.get() ?? '').split(options.delimiter)
  parts[options.index ?? 0] = String(value)
  place.set(parts.join(options.delimiter))
}

/** Applies one entry. */
export function replace(resources: readonly Resource[], entry: ReplacementEntry): void {
  const source = entry.source
  if (source === undefined) throw new CommandError('replacements must specify a source')
  const found = resources.filter((resource) => isTarget(resource, source))
  if (found.length !== 1)
    throw new CommandError(
      found.length === 0
        ? `nothing selected by ${source.kind ?? ''}.${source.version ?? '[noVer]'}.${source.group ?? '[noGrp]'}/${source.name ?? ''}.${source.namespace ?? '[noNs]'}:${source.fieldPath ?? ''}`
        : 'multiple matches for selector',
    )
  const value = places(found[0]!.object, splitFieldPath(source.fieldPath ?? 'metadata.name'), false)[0]?.get()
  if (value === undefined)
    throw new CommandError(`fieldPath \`${source.fieldPath}\` is missing for replacement source ${source.kind}/${source.name}`)
  const taken = piece(value, source.options)
  for (const target of entry.targets ?? []) {
    for (const resource of resources) {
      if (target.select === undefined || !isTarget(resource, target.select) || (target.reject ?? []).some((r) => isTarget(resource, r)))
        continue
      for (const path of target.fieldPaths ?? ['metadata.name']) {
        const at = places(resource.object, splitFieldPath(path), target.options?.create === true)
        if (at.length === 0) throw new CommandError(`unable to find field ${JSON.stringify(path)} in replacement target`)
        for (const place of at) put(place, taken, target.options)
      }
    }
  }
}
