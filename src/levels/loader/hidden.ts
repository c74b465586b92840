/** Checks only the teacher has: `hidden.yaml` beside level.yaml. The grader reads them, no door of the game does, and a student's copy is without them. */
import type { z } from 'zod'
import { type HiddenChecks, hiddenSchema, type LevelSpec, type Translation } from '../format/level.ts'
import { type Read, readYaml } from './yaml.ts'

export const HIDDEN = 'hidden.yaml'

/** Nothing where the folder has none. */
export const readHidden = (files: Readonly<Record<string, string>>, checks: z.ZodType): Read<HiddenChecks> | undefined =>
  files[HIDDEN] === undefined ? undefined : readYaml<HiddenChecks>(HIDDEN, files[HIDDEN], hiddenSchema(checks))

/** The level with them behind its own; ids must differ, which the loader sees to. */
export const withHidden = (spec: LevelSpec, hidden: HiddenChecks | undefined): LevelSpec =>
  hidden === undefined ? spec : { ...spec, checks: [...spec.checks, ...hidden.checks.map((check) => ({ ...check, hidden: true }))] }

export function translatedHidden(
  translations: Readonly<Record<string, Translation>>,
  hidden: HiddenChecks | undefined,
): Record<string, Translation> {
  const all: Record<string, Translation> = { ...translations }
  for (const [language, checks] of Object.entries(hidden?.translations ?? {}))
    all[language] = { ...all[language], checks: { ...all[language]?.checks, ...checks } }
  return all
}

const TEACHERS = /^(?:solutions|wrong)\//

/** Whether a file of a level's folder is the teacher's alone: answers, what they prove, hidden checks. */
export const isTeachersOwn = (path: string): boolean => TEACHERS.test(path) || path === HIDDEN || path === 'mutants.yaml'
