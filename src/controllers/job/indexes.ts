/** Completion indexes of Indexed Jobs: sets of numbers and their text form `0-2,5`. */
import type { Pod } from '../../api/generated/types/core-v1.ts'

export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index'

export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX_ANNOTATION]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** Indexes below `completions` that the text names; what is no number or range is passed over. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const found = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    const m = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (m === null) continue
    for (let i = Number(m[1]); i <= Number(m[2] ?? m[1]) && i < completions; i++) found.add(i)
  }
  return found
}

/** `0-2,5`: two neighbours are a pair (`0,1`), three a range. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (sorted[end + 1] === sorted[end]! + 1) end++
    const [first, last] = [sorted[i]!, sorted[end]!]
    parts.push(first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`)
    i = end + 1
  }
  return parts.join(',')
}
