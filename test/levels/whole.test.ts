/** What every level of the repository has: two ways that differ, a wrong answer for each check, a question, a par, and a debrief of four parts in both languages. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFolder } from '../../src/cli/level-folder.ts'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { type Level, loadLevel } from '../../src/levels/loader/level.ts'
import { levelNames, ROOT } from './names.ts'

const load = (name: string): Level => loadLevel(name, readFolder(join(ROOT, name)), { checks: checkSchema })

/** The cause comes first, under words of its own. */
const PARTS = {
  en: [/^Why it works/, /^Other ways$/, /^Where it bites in production$/],
  es: [/^Por qué funciona/, /^Otras maneras$/, /^Dónde duele en producción$/],
}

/** What paragraphs begin with in bold, without the full stop. */
const headings = (text: string): string[] =>
  text.split(/\n{2,}/).flatMap((part) => /^\*\*([^*]+?)[.:]?\*\*/.exec(part.trimStart())?.[1] ?? [])

/** What a script does, without comments, looks and waits. */
const deeds = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$|sleep|kubectl (?:get|describe|wait|rollout status|logs|top|events)[^|>]*$)/.test(line))
    .join('\n')

describe.each(levelNames)('%s', (name) => {
  const { spec, solutions, wrong, translations } = load(name)

  test.each(['en', 'es'] as const)('its debrief (%s) has the cause, why it works, other ways, and where it bites', (lang) => {
    const found = headings((lang === 'en' ? spec.debrief : translations['es']?.debrief) ?? '')
    const at = PARTS[lang].map((part) => found.findIndex((heading) => part.test(heading)))
    expect(at[0], found.join(' | ')).toBeGreaterThan(0)
    expect(at.every((n) => n > 0)).toBe(true)
  })

  test('it has at least two solutions that do different things', () => {
    expect(solutions.length).toBeGreaterThanOrEqual(2)
    expect(new Set(solutions.map((s) => deeds(s.text))).size).toBe(solutions.length)
  })

  test('a wrong answer for every check that a deed can fail, each with a word on why', () => {
    const failed = new Set(wrong.flatMap((w) => w.fails))
    const asked = spec.checks.filter((c) => c['audit'] === undefined).map((c) => c.id)
    expect(asked.filter((id) => !failed.has(id))).toEqual([])
    expect(wrong.filter((w) => !/^# fails: .+\n# \S/.test(w.text)).map((w) => w.path)).toEqual([])
  })

  test('a question, a par, a message for each check', () => {
    expect(spec.checks.some((c) => c['answer'] !== undefined)).toBe(true)
    expect(spec.par?.commands).toBeGreaterThan(0)
    expect(spec.checks.filter((c) => c.message === undefined).map((c) => c.id)).toEqual([])
  })
})
