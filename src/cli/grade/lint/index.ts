/** `clusterlab level lint`: everything that is wrong with a level's folder, or missing in it, with file, line and column. */
import { checkSchema } from '../../../grading/checks/index.ts'
import { type Level, loadLevel } from '../../../levels/loader/level.ts'
import { LevelError } from '../../../levels/loader/problems.ts'
import type { FoundLevel } from '../../level-folder.ts'
import { type LintProblem, lintOf, type Rule } from './contract.ts'
import { expressions } from './expressions.ts'
import { manifests, refused } from './manifests.ts'
import { needs } from './needs.ts'
import { scripts } from './scripts.ts'
import { translations } from './translations.ts'
import { variables } from './variables.ts'

const rules: readonly Rule[] = [expressions, variables, manifests, scripts, needs, translations]

const inOrder = (a: LintProblem, b: LintProblem): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1

/** A level that cannot be loaded is told for that alone. In the order of the files' names and lines. */
export function lintLevel(found: FoundLevel): readonly LintProblem[] {
  let level: Level
  try {
    level = loadLevel(found.name, found.files, { checks: checkSchema, hidden: true })
  } catch (error) {
    if (error instanceof LevelError) return [...error.problems].sort(inOrder)
    throw error
  }
  const lint = lintOf(found, level)
  const problems = rules.flatMap((rule) => rule(lint))
  if (problems.every((p) => p.warning)) problems.push(...refused(lint))
  return problems.sort(inOrder)
}
