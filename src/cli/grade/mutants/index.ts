/**
 * Mutation of a level's solutions: a step left out, two steps swapped, an option or a field left out, a value changed. A mutant that still
 * gets full marks is a check that is missing, or a part that the solution does not need. Same script, same mutants.
 */
import { documentMutants } from './fields.ts'
import { partsOf, type Span, short, stepsOf } from './script.ts'
import { wordMutants } from './words.ts'

export interface Mutant {
  /** How `mutants.yaml` names it. */
  readonly name: string
  readonly kind: Kind
  readonly text: string
}
type Kind = 'drop' | 'part' | 'change' | 'rename' | 'swap'

/** At most so many of a kind and solution, evenly spread: a proof must end. */
const MOST: Readonly<Record<Kind, number>> = { drop: 24, part: 40, change: 40, rename: 6, swap: 6 }

/** Every mutant of a script, or an even choice of `most` of them; none is the script itself. Names are unique. */
export function mutantsOf(script: string, most = Number.POSITIVE_INFINITY): Mutant[] {
  const put = ({ start, end }: Span, text: string): string => script.slice(0, start) + text + script.slice(end)
  const steps = stepsOf(script)
  const { words, documents } = partsOf(script)
  const drops = steps.map(
    (step): Mutant => ({ kind: 'drop', name: `drop: ${short(script.slice(step.start, step.end))}`, text: put(step, '') }),
  )
  const inWords = wordMutants(words).map((m): Mutant => {
    const label = words.find((w) => w.start === m.start)!.label
    return { kind: m.kind, name: `${m.what}: ${label}`, text: put(m, m.text) }
  })
  const inDocuments = documents.flatMap((document) =>
    documentMutants(document).map((m): Mutant => ({ kind: m.kind, name: `${m.what}: ${document.label}`, text: put(document, m.text) })),
  )
  const parts = [...inWords, ...inDocuments]
  const all = [
    ...spread(drops, MOST.drop),
    ...spread(
      parts.filter((m) => m.kind === 'part'),
      MOST.part,
    ),
    ...spread(
      parts.filter((m) => m.kind === 'change'),
      MOST.change,
    ),
    ...spread(
      parts.filter((m) => m.kind === 'rename'),
      MOST.rename,
    ),
    ...spread(swapsOf(script, steps), MOST.swap),
  ]
  const mutants = numbered(all.filter((m) => m.text !== script))
  if (mutants.length <= most) return mutants
  // Another order and another name are only counted: a small choice has no room for them.
  return [
    ...spread(
      mutants.filter((m) => m.kind !== 'swap' && m.kind !== 'rename'),
      most,
    ),
  ]
}

function swapsOf(script: string, steps: readonly Span[]): Mutant[] {
  return steps.flatMap(({ start, end }, i): Mutant[] => {
    const next = steps[i + 1]
    if (next === undefined || next.start !== end) return []
    const [a, b] = [script.slice(start, end), script.slice(next.start, next.end)]
    const text = `${script.slice(0, start)}${b.endsWith('\n') ? b : `${b}\n`}${a}${script.slice(next.end)}`
    return [{ kind: 'swap', name: `swap: ${short(a)} | ${short(b)}`, text }]
  })
}

function spread<T>(list: readonly T[], most: number): readonly T[] {
  return list.length <= most ? list : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!)
}

/** The second of two that read the same says so. */
function numbered(mutants: readonly Mutant[]): Mutant[] {
  const seen = new Map<string, number>()
  return mutants.map((m) => {
    const n = (seen.get(m.name) ?? 0) + 1
    seen.set(m.name, n)
    return n === 1 ? m : { ...m, name: `${m.name} (${n})` }
  })
}
