/** A rule of the linter: looks at a level that can be loaded, and says what is wrong with it or missing, and where. */
import { z } from 'zod'
import type { Level } from '../../../levels/loader/level.ts'
import type { Problem } from '../../../levels/loader/problems.ts'
import { type Read, readYaml } from '../../../levels/loader/yaml.ts'
import type { FoundLevel } from '../../level-folder.ts'

export interface Lint {
  readonly found: FoundLevel
  /** As drawn for the first seed, with the teacher's hidden checks. */
  readonly level: Level
  /** A YAML file of the folder as it stands, with its places. */
  read(file: string): Read<unknown>
  /** Where the check with this id is written: its file, and the path of a part of it. */
  check(id: string, ...rest: PropertyKey[]): Omit<Problem, 'message'>
}

/** What a rule finds; a warning does not make the level a bad one. */
export interface LintProblem extends Problem {
  readonly warning?: boolean
}

export type Rule = (lint: Lint) => readonly LintProblem[]

export function lintOf(found: FoundLevel, level: Level): Lint {
  const reads = new Map<string, Read<unknown>>()
  const read = (file: string): Read<unknown> => {
    let known = reads.get(file)
    if (known === undefined) {
      known = readYaml(file, found.files[file] ?? '', z.unknown())
      reads.set(file, known)
    }
    return known
  }
  const own = level.spec.checks.filter((c) => c.hidden !== true).length
  return {
    found,
    level,
    read,
    check(id, ...rest) {
      const i = level.spec.checks.findIndex((c) => c.id === id)
      return i < own
        ? { file: 'level.yaml', ...read('level.yaml').at(['spec', 'checks', i, ...rest]) }
        : { file: 'hidden.yaml', ...read('hidden.yaml').at(['checks', i - own, ...rest]) }
    },
  }
}

/** Line and column, from 1, of a place in a text. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
