/** Tries the mutants of a level's solutions, and compares those that survive with the ones its `mutants.yaml` accepts by name, each with a reason. */
import { z } from 'zod'
import type { Examination, Submission } from '../../grading/run.ts'
import { LevelError } from '../../levels/loader/problems.ts'
import { readYaml } from '../../levels/loader/yaml.ts'
import type { FoundLevel } from '../level-folder.ts'
import type { Finding } from './level-test.ts'
import { mutantsOf } from './mutants/index.ts'

/** The file beside level.yaml; it is no part of the level's hash. */
export const ACCEPTED = 'mutants.yaml'

export const acceptedSchema = z.strictObject({
  accepted: z.array(
    z.strictObject({
      /** As `level test --mutants` names it; `*` stands for any text. */
      mutant: z.string().min(2),
      /** Of one solution only. */
      solution: z.string().optional(),
      reason: z.string().min(3),
    }),
  ),
})
type Accepted = z.infer<typeof acceptedSchema>['accepted'][number]

export function acceptedOf(found: FoundLevel): readonly Accepted[] {
  const text = found.files[ACCEPTED]
  if (text === undefined) return []
  const read = readYaml<z.infer<typeof acceptedSchema>>(ACCEPTED, text, acceptedSchema)
  if (read.value === undefined) throw new LevelError(read.problems)
  return read.value.accepted
}

const names = ({ mutant, solution }: Accepted, path: string, name: string): boolean =>
  (solution === undefined || solution === path) && isLike(mutant, name)

/** `*` stands for any text. In linear time: each piece is looked for once, after the one before. */
function isLike(pattern: string, name: string): boolean {
  const pieces = pattern.split('*')
  const [first, last] = [pieces[0]!, pieces.at(-1)!]
  if (pieces.length === 1) return name === pattern
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= name.length - last.length
}

/** What became of the mutants of one solution. */
export interface SolutionMutation {
  readonly finding: Finding
  /** Which lines of `mutants.yaml` were needed, by their place in it. */
  readonly used: readonly number[]
}

/** Which mutants of a solution get full marks though nobody accepted them. `sample`: of so many, evenly drawn; of all when absent. */
export function proveMutants(found: FoundLevel, examination: Examination, path: string, sample?: number): SolutionMutation {
  const accepted = acceptedOf(found)
  const used = new Set<number>()
  const { text } = examination.level.solutions.find((s) => s.path === path)!
  const script = (body: string): Submission => ({ kind: 'script', name: path, text: body, files: {} })
  let whole: string | undefined
  const counts = { killed: 0, same: 0, order: 0, renamed: 0, accepted: 0 }
  const survivors: string[] = []
  for (const mutant of mutantsOf(text, sample)) {
    const by = accepted.findIndex((a) => names(a, path, mutant.name))
    if (!examination.getsFullMarks(script(mutant.text))) counts.killed++
    else if (by !== -1) {
      used.add(by)
      counts.accepted++
    } else if (mutant.kind === 'swap') counts.order++
    else if (mutant.kind === 'rename') counts.renamed++
    else {
      // In a hurry some things are looked at later: the last word has the full grading.
      const { passed, score, maxScore, stateHash } = examination.grade(script(mutant.text))
      if (!passed || score < maxScore) counts.killed++
      else {
        whole ??= examination.grade(script(text)).stateHash
        if (stateHash === whole) counts.same++
        else survivors.push(mutant.name)
      }
    }
  }
  const tally = `${counts.killed} fail, ${counts.same} come to the same, ${counts.order} in another order, ${counts.renamed} under another name, ${counts.accepted} accepted`
  const detail = survivors.length === 0 ? tally : `${tally}; full marks for:${survivors.map((s) => `\n         ${s}`).join('')}`
  return { finding: { what: `mutants of ${path}`, ok: survivors.length === 0, detail }, used: [...used] }
}

/** Acceptances that fit nothing any more: only to be said when all mutants of all solutions were tried. */
export function staleAcceptances(found: FoundLevel, used: ReadonlySet<number>): Finding[] {
  return acceptedOf(found)
    .filter((_, i) => !used.has(i))
    .map(({ mutant }): Finding => ({ what: ACCEPTED, ok: false, detail: `no mutant "${mutant}" gets full marks; take the line out` }))
}
