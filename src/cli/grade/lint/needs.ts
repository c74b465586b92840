/** Levels that come before this one: whether there are such. A course of one's own may stand beside it. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { didYouMean } from '../../../levels/loader/messages.ts'
import { builtInLevels } from '../../level-folder.ts'
import type { LintProblem, Rule } from './contract.ts'

export const needs: Rule = ({ found, level, read }) => {
  const known = builtInLevels()
  const beside = dirname(dirname(found.folder))
  return (level.spec.needs ?? []).flatMap((need, i): LintProblem[] =>
    known.includes(need) || (/^[\w/-]+$/.test(need) && existsSync(join(beside, need, 'level.yaml')))
      ? []
      : [
          {
            file: 'level.yaml',
            ...read('level.yaml').at(['spec', 'needs', i]),
            message: `there is no level "${need}"${didYouMean(need, known)}`,
            warning: true,
          },
        ],
  )
}
