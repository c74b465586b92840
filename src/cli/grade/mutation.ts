/** Tries the mutants of a level's solutions, and compares those that survive with the ones its `mutants.yaml` accepts by name, each with a reason. */
import { z } from 'zod'
import type { Examination } from '../../grading/run.ts'
import { fill } from '../../levels/loader/level.ts'
import { LevelError } from '../../levels/loader/problems.ts'
import { readYaml } from '../../levels/loader/yaml.ts'
import type { FoundLevel } from '../level-folder.ts'
import type { Finding } from './level-test.ts'
import { mutantsOf } from './mutants.ts'

/** The file beside level.yaml; it is no part of the level's hash. */
export const ACCEPTED = 'mutants.yaml'

const acceptedSchema = z.strictObject({
  accepted: z.array(
    z.strictObject({
      /** As `level test --mutants` names it; a name that ends in * stands for all that begin so. */
      mutant: z.string().min(2),
      /** Of one solution only. */
      solution: z.string().optional(),
      reason: z.string().min(3),
    }),
  ),
})
type Accepted = z.infer<typeof acceptedSchema>['accepted'][number]

function acceptedOf(found: FoundLevel): readonly Accepted[] {
  const text = found.files[ACCEPTED]
  if (text === undefined) return []
  const read = readYaml<z.infer<typeof acceptedSchema>>(ACCEPTED, text, acceptedSchema)
  if (read.value === undefined) throw new LevelError(read.problems)
  return read.value.accepted
}

const names = ({ mutant, solution }: Accepted, path: string, name: string): boolean =>
  (solution === undefined || solution === path) && (mutant.endsWith('*') ? name.startsWith(mutant.slice(0, -1)) : name === mutant)

/** A finding a solution: which of its mutants get full marks though nobody accepted them; and acceptances that fit nothing any more. */
export function proveMutants(found: FoundLevel, examination: Examination): Finding[] {
  const accepted = acceptedOf(found)
  const used = new Set<Accepted>()
  const { level } = examination
  const findings = level.solutions.map(({ path, text }): Finding => {
    const grade = (script: string): ReturnType<Examination['grade']> =>
      examination.grade({ kind: 'script', name: path, text: fill(script, level.variables), files: {} })
    const whole = grade(text).stateHash
    const counts = { killed: 0, same: 0, order: 0, accepted: 0 }
    const survivors: string[] = []
    for (const mutant of mutantsOf(found.files[path]!)) {
      const result = grade(mutant.text)
      const by = accepted.find((a) => names(a, path, mutant.name))
      if (!result.passed || result.score < result.maxScore) counts.killed++
      else if (by !== undefined) {
        used.add(by)
        counts.accepted++
      } else if (result.stateHash === whole) counts.same++
      else if (mutant.kind === 'swap') counts.order++
      else survivors.push(mutant.name)
    }
    const tally = `${counts.killed} fail, ${counts.same} come to the same, ${counts.order} in another order, ${counts.accepted} accepted`
    return {
      what: `mutants of ${path}`,
      ok: survivors.length === 0,
      detail: survivors.length === 0 ? tally : `${tally}; full marks for:${survivors.map((s) => `\n         ${s}`).join('')}`,
    }
  })
  const stale = accepted
    .filter((a) => !used.has(a))
    .map((a): Finding => ({ what: ACCEPTED, ok: false, detail: `no mutant "${a.mutant}" gets full marks; take the line out` }))
  return [...findings, ...stale]
}
