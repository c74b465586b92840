/** Solutions, wrong answers, accepted mutants: whether they are there, and what they name. */

import { didYouMean } from '../../../levels/loader/messages.ts'
import { LevelError } from '../../../levels/loader/problems.ts'
import { ACCEPTED, acceptedOf } from '../mutation.ts'
import { type Lint, type LintProblem, placeIn, type Rule } from './contract.ts'

function wrongProblems({ level, found }: Lint): LintProblem[] {
  const ids = level.spec.checks.map((c) => c.id)
  return level.wrong.flatMap(({ path, fails }): LintProblem[] => {
    if (fails.length === 0)
      return [{ file: path, line: 1, column: 1, message: `the first line has to say which checks it fails: # fails: ${ids[0]}` }]
    const text = found.files[path]!
    const begin = text.indexOf('fails:')
    return fails
      .filter((id) => !ids.includes(id))
      .map((id) => ({ file: path, ...placeIn(text, text.indexOf(id, begin)), message: `there is no check "${id}"${didYouMean(id, ids)}` }))
  })
}

function acceptedProblems(lint: Lint): LintProblem[] {
  const paths = lint.level.solutions.map((s) => s.path)
  try {
    return acceptedOf(lint.found).flatMap(({ solution }, i): LintProblem[] =>
      solution === undefined || paths.includes(solution)
        ? []
        : [
            {
              file: ACCEPTED,
              ...lint.read(ACCEPTED).at(['accepted', i, 'solution']),
              message: `there is no ${solution}${didYouMean(solution, paths)}`,
            },
          ],
    )
  } catch (error) {
    if (error instanceof LevelError) return [...error.problems]
    throw error
  }
}

const absent = (file: string, message: string): LintProblem => ({ file, line: 0, column: 0, message, warning: true })

export const scripts: Rule = (lint) => [
  ...(lint.level.solutions.length >= 2
    ? []
    : [absent('solutions/', `${lint.level.solutions.length} of them; level test needs two that differ`)]),
  ...(lint.level.wrong.length >= 1 ? [] : [absent('wrong/', 'empty; level test needs one answer at least that must not pass')]),
  ...wrongProblems(lint),
  ...acceptedProblems(lint),
]
