/** The level's texts in other languages: what belongs to nothing, and what is missing. In the levels that come with the program nothing may be missing. */
import { join } from 'node:path'
import type { LevelSpec, Translation } from '../../../levels/format/level.ts'
import { didYouMean } from '../../../levels/loader/messages.ts'
import { builtInRoot } from '../../level-folder.ts'
import type { Lint, LintProblem, Rule } from './contract.ts'

type Path = readonly PropertyKey[]

interface Texts {
  readonly question?: string
  readonly choices?: Readonly<Record<string, string>>
}

/** Every text a translation has to hold, by its path in it: what it says in the level. */
function wanted({ title, brief, debrief, checks, hints }: LevelSpec, own: Translation): [Path, string][] {
  const named = !Array.isArray(own.hints) && (own.hints !== undefined || (hints ?? []).every((h) => h.id !== undefined))
  const texts: [Path, string | undefined][] = [
    [['title'], title],
    [['brief'], brief],
    [['debrief'], debrief],
    ...checks
      .filter((c) => c.hidden !== true)
      .flatMap((check): [Path, string | undefined][] => {
        const { question, choices } = (check['answer'] ?? {}) as Texts
        const at = (...rest: string[]): Path => ['checks', check.id, ...rest]
        return [
          [at('title'), check.title],
          [at('message'), check.message],
          [at('question'), question],
          ...Object.entries(choices ?? {}).map(([letter, text]): [Path, string] => [at('choices', letter), text]),
        ]
      }),
    ...(hints ?? []).map((hint, i): [Path, string] => [['hints', named ? (hint.id ?? i) : i], hint.text]),
  ]
  return texts.filter((t): t is [Path, string] => t[1] !== undefined)
}

const textAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, key) => (v !== null && typeof v === 'object' ? (v as Record<PropertyKey, unknown>)[key] : undefined), value)

const dotted = (path: Path): string => path.map(String).join('.')

/** Ids there that the level does not know. */
function strangers(own: Translation, { checks, hints }: LevelSpec): [Path, string][] {
  const found: [Path, string][] = []
  const compare = (at: Path, given: readonly string[], known: readonly string[], what: string): void => {
    for (const id of given) if (!known.includes(id)) found.push([[...at, id], `the level has no ${what} "${id}"${didYouMean(id, known)}`])
  }
  compare(
    ['checks'],
    Object.keys(own.checks ?? {}),
    checks.map((c) => c.id),
    'check',
  )
  for (const check of checks) {
    const choices = own.checks?.[check.id]?.choices
    const asked = ((check['answer'] ?? {}) as Texts).choices ?? {}
    if (choices !== undefined) compare(['checks', check.id, 'choices'], Object.keys(choices), Object.keys(asked), 'choice')
  }
  const ids = (hints ?? []).flatMap((h) => h.id ?? [])
  if (Array.isArray(own.hints)) {
    const many = hints?.length ?? 0
    for (let i = many; i < own.hints.length; i++) found.push([['hints', i], `the level has ${many} hints only; this one belongs to none`])
  } else compare(['hints'], Object.keys(own.hints ?? {}), ids, 'hint with the id')
  return found
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39).trimEnd()}…` : text.trimEnd()).replace(/\s+/g, ' ')

function languageProblems(language: string, own: Translation, lint: Lint): LintProblem[] {
  const file = `${language}.yaml`
  const read = lint.read(file)
  if (read.value === undefined) return []
  const warning = !lint.found.folder.startsWith(join(builtInRoot(), '/'))
  const { spec } = lint.level
  return [
    ...strangers(own, spec).map(([path, message]) => ({
      file,
      ...(Array.isArray(own.hints) && path[0] === 'hints' ? read.at(path) : read.keyAt(path)),
      message,
    })),
    ...wanted(spec, own)
      .filter(([path]) => textAt(own, path) === undefined)
      .map(([path, text]) => ({ file, ...read.at(path), message: `${dotted(path)} is missing: "${shorten(text)}"`, warning })),
  ]
}

export const translations: Rule = (lint) => {
  const languages = Object.entries(lint.level.translations).filter(([language]) => lint.found.files[`${language}.yaml`] !== undefined)
  if (languages.length === 0)
    return [{ file: 'es.yaml', line: 0, column: 0, message: 'it is not there: the level speaks English only', warning: true }]
  return languages.flatMap(([language, own]) => languageProblems(language, own, lint))
}
