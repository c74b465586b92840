/** A level as loaded: its file checked, its files beside it, its variants drawn. */
import type { z } from 'zod'
import { sha256 } from '../../lib/hash.ts'
import { createRandom } from '../../sim/random.ts'
import { type LevelSpec, levelSchema, type Translation, translationSchema, type VariantSpec } from '../format/level.ts'
import { HIDDEN, isTeachersOwn, readHidden, translatedHidden, withHidden } from './hidden.ts'
import { LevelError, type Problem } from './problems.ts'
import { referenceProblems } from './references.ts'
import { readYaml } from './yaml.ts'

/** The texts of a level's folder: relative path → text. */
export type LevelFiles = Readonly<Record<string, string>>

export interface Script {
  /** Path in the folder. */
  readonly path: string
  readonly text: string
  /** Ids of the checks a wrong answer fails, from its first line. */
  readonly fails: readonly string[]
}

export interface Level {
  /** `services/wordpress-reachable`; a copy elsewhere has the same last part. */
  readonly name: string
  readonly version: number
  readonly spec: LevelSpec
  readonly files: LevelFiles
  readonly solutions: readonly Script[]
  readonly wrong: readonly Script[]
  readonly translations: Readonly<Record<string, Translation>>
  /** `sha256:…` over what makes the level: its file and what it starts from. */
  readonly hash: string
  /** What the seed drew. */
  readonly variables: Readonly<Record<string, string>>
  readonly seed: string
}

interface LevelFile {
  readonly metadata: { readonly name: string; readonly version: number }
  readonly spec: LevelSpec
}

const LANGUAGE = /^([a-z]{2})\.yaml$/
const isContent = (path: string): boolean => !isTeachersOwn(path) && !LANGUAGE.test(path) && path !== 'README.md'

export interface LoadOptions {
  /** The schema of one check, from the checks' registry. */
  readonly checks: z.ZodType
  readonly seed?: string
  /** With the checks that only the teacher has: for grading and for proofs, never where somebody plays. */
  readonly hidden?: boolean
}

/** What a level is called in any folder: the last part of its name. */
export const baseNameOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Throws LevelError with everything that is wrong. */
export function loadLevel(name: string, files: LevelFiles, options: LoadOptions): Level {
  const text = files['level.yaml']
  if (text === undefined)
    throw new LevelError([{ file: `${name}/level.yaml`, line: 0, column: 0, message: 'there is no level.yaml in this folder' }])
  const read = readYaml<LevelFile>('level.yaml', text, levelSchema(options.checks))
  const problems: Problem[] = [...read.problems]
  const translations: Record<string, Translation> = {}
  for (const [path, body] of Object.entries(files)) {
    const language = LANGUAGE.exec(path)?.[1]
    if (language === undefined) continue
    const translation = readYaml<Translation>(path, body, translationSchema)
    problems.push(...translation.problems)
    if (translation.value) translations[language] = translation.value
  }
  const hidden = options.hidden === true ? readHidden(files, options.checks) : undefined
  problems.push(...(hidden?.problems ?? []))
  if (read.value === undefined || problems.length > 0) throw new LevelError(problems)
  const { metadata } = read.value
  const spec = withHidden(read.value.spec, hidden?.value)
  const own = read.value.spec.checks.length
  const at = (path: readonly PropertyKey[]): Omit<Problem, 'message'> =>
    hidden !== undefined && path[1] === 'checks' && Number(path[2]) >= own
      ? { file: HIDDEN, ...hidden.at(['checks', Number(path[2]) - own, ...path.slice(3)]) }
      : { file: 'level.yaml', ...read.at(path) }
  problems.push(...referenceProblems(spec, files, at), ...nameProblems(name, metadata.name, at))
  if (problems.length > 0) throw new LevelError(problems)
  const seed = options.seed ?? '0'
  const variables = drawVariables(metadata, spec.variants ?? {}, seed)
  return {
    name,
    version: metadata.version,
    spec: substitute(spec, variables),
    files: Object.fromEntries(
      Object.entries(files).map(([path, body]) => [path, isContent(path) && path !== 'level.yaml' ? fill(body, variables) : body]),
    ),
    solutions: scripts(files, 'solutions/').map((s) => ({ ...s, text: fill(s.text, variables) })),
    wrong: scripts(files, 'wrong/').map((s) => ({ ...s, text: fill(s.text, variables) })),
    translations: fillTexts(translatedHidden(translations, hidden?.value), variables),
    hash: levelHash(files),
    variables,
    seed,
  }
}

function nameProblems(name: string, declared: string, at: (path: readonly PropertyKey[]) => Omit<Problem, 'message'>): Problem[] {
  const last = baseNameOf(name)
  if (!name.includes('/') || declared === last) return []
  return [{ ...at(['metadata', 'name']), message: `the name is "${declared}" but the folder is "${last}"; they must be the same` }]
}

function levelHash(files: LevelFiles): string {
  const parts = Object.keys(files)
    .filter(isContent)
    .sort()
    .map((path) => `${path}\u0000${sha256(files[path]!)}`)
  return `sha256:${sha256(parts.join('\n'))}`
}

function scripts(files: LevelFiles, folder: string): Script[] {
  return Object.keys(files)
    .filter((path) => path.startsWith(folder) && path.endsWith('.sh'))
    .sort()
    .map((path) => {
      const text = files[path]!
      const fails = /^#\s*fails:\s*(.+)$/m.exec(text.split('\n').slice(0, 3).join('\n'))?.[1]
      return { path, text, fails: fails === undefined ? [] : fails.split(/[\s,]+/).filter((id) => id !== '') }
    })
}

/** The same wherever the folder stands: a student's copy draws what the teacher's does. */
function drawVariables(
  { name, version }: LevelFile['metadata'],
  variants: Readonly<Record<string, VariantSpec>>,
  seed: string,
): Record<string, string> {
  const random = createRandom(seed)
  const drawn: Record<string, string> = {}
  for (const [key, spec] of Object.entries(variants)) {
    const subject = `${name}/${version}/${key}`
    if ('int' in spec) drawn[key] = String(spec.int[0] + random.below(spec.int[1] - spec.int[0] + 1, 'variant', subject))
    else if ('choice' in spec) drawn[key] = String(spec.choice[random.below(spec.choice.length, 'variant', subject)])
    else drawn[key] = random.suffix(spec.password, 'variant', subject)
  }
  return drawn
}

/** `{{name}}` becomes the drawn value; other braces stay as they are. */
export function fill(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([a-z0-9-]+)\s*\}\}/g, (whole, key: string) => (Object.hasOwn(variables, key) ? variables[key]! : whole))
}

/** Fills every text of a value, and leaves it a text. */
const fillTexts = <T>(value: T, variables: Readonly<Record<string, string>>): T => mapTexts(value, (text) => fill(text, variables)) as T

/** Fills every text of a value; a text that is one placeholder of a number becomes the number. */
function substitute<T>(value: T, variables: Readonly<Record<string, string>>): T {
  return mapTexts(value, (text) => {
    const filled = fill(text, variables)
    return /^\{\{\s*[a-z0-9-]+\s*\}\}$/.test(text) && /^\d+$/.test(filled) ? Number(filled) : filled
  }) as T
}

function mapTexts(value: unknown, map: (text: string) => unknown): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((v) => mapTexts(v, map))
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mapTexts(v, map)]))
  return value
}
