/** What every level in the repository says: both languages are whole, and there are hints that can be told. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFolder } from '../../src/cli/level-folder.ts'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { whenProblem } from '../../src/grading/desk/hints.ts'
import { loadLevel } from '../../src/levels/loader/level.ts'
import { levelNames as names, ROOT } from './names.ts'

const load = (name: string) => loadLevel(name, readFolder(join(ROOT, name)), { checks: checkSchema })

test.each(names)('%s speaks Spanish from end to end', (name) => {
  const { spec, translations } = load(name)
  const es = translations['es']
  expect(es).toBeDefined()
  for (const text of ['title', 'brief', 'debrief'] as const) expect(es![text], text).toBeTruthy()
  for (const check of spec.checks) {
    const own = es!.checks?.[check.id]
    expect(own?.title, `${check.id}: title`).toBeTruthy()
    if (check.message !== undefined) expect(own?.message, `${check.id}: message`).toBeTruthy()
    const asked = check['answer'] as { choices?: Record<string, string> } | undefined
    if (asked === undefined) continue
    expect(own?.question, `${check.id}: question`).toBeTruthy()
    expect(Object.keys(own?.choices ?? {}), `${check.id}: choices`).toEqual(Object.keys(asked.choices ?? {}))
  }
  const hints = spec.hints ?? []
  const told = hints.map((hint, i) =>
    Array.isArray(es!.hints) ? es!.hints[i] : (es!.hints as Record<string, string> | undefined)?.[hint.id ?? ''],
  )
  expect(told.every((text) => text !== undefined && text !== '')).toBe(true)
})

test.each(names)('%s has hints that can be told: three or more, one of them for a state of the cluster', (name) => {
  const hints = load(name).spec.hints ?? []
  expect(hints.length).toBeGreaterThanOrEqual(3)
  expect(hints.some((h) => h.when !== undefined)).toBe(true)
  expect(hints.flatMap((h) => (h.when === undefined ? [] : (whenProblem(h.when) ?? [])))).toEqual([])
})
