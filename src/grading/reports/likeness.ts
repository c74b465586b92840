/**
 * Submissions whose inputs are nearly the same: worth a look, never a verdict. Compared are the inputs and which follows which (sets of
 * single lines and of pairs, Jaccard's index), since two who solved a level by themselves seldom take the same detours in the same order.
 */

export interface Likeness {
  readonly a: string
  readonly b: string
  /** Share of the inputs and their order that both have, in percent. */
  readonly percent: number
}

export interface Handed {
  readonly submission: string
  /** Commands as typed, or lines of scripts and manifests. */
  readonly inputs: readonly string[]
}

/** Short ones are alike by chance. */
const LEAST_INPUTS = 6
const MOST_INPUTS = 500
const ALIKE_PERCENT = 80
const MOST_PAIRS = 50

/** Blanks, comments and what only looks around the shell say nothing. */
const said = (line: string): string => line.trim().replace(/\s+/g, ' ')
const isTelling = (line: string): boolean =>
  line !== '' && !line.startsWith('#') && !/^(?:clear|ls|pwd|brief|check|hint|exit|help)$/.test(line)

function marksOf(inputs: readonly string[]): Set<string> | undefined {
  const lines = inputs
    .slice(0, MOST_INPUTS)
    .flatMap((input) => input.split('\n'))
    .map(said)
    .filter(isTelling)
    .slice(0, MOST_INPUTS)
  if (new Set(lines).size < LEAST_INPUTS) return undefined
  return new Set(lines.flatMap((line, i) => (i === 0 ? [line] : [line, `${lines[i - 1]}\n${line}`])))
}

/** Pairs that are alike, the most alike first; in the order of the submissions where they are equally so. At most 50. */
export function likenesses(handed: readonly Handed[]): Likeness[] {
  const marked = handed.flatMap(({ submission, inputs }) => {
    const marks = marksOf(inputs)
    return marks === undefined ? [] : [{ submission, marks }]
  })
  const found: Likeness[] = []
  marked.forEach((a, i) => {
    for (const b of marked.slice(i + 1)) {
      const [small, large] = a.marks.size < b.marks.size ? [a.marks, b.marks] : [b.marks, a.marks]
      // However much they share, sets of such different sizes are not alike.
      if (small.size * 100 < large.size * ALIKE_PERCENT) continue
      let shared = 0
      for (const mark of small) if (large.has(mark)) shared++
      const percent = Math.floor((100 * shared) / (small.size + large.size - shared))
      if (percent >= ALIKE_PERCENT) found.push({ a: a.submission, b: b.submission, percent })
    }
  })
  return found.sort((x, y) => y.percent - x.percent).slice(0, MOST_PAIRS)
}
