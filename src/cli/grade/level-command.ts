/** `clusterlab level test|lint|schema|new|handout|seeds`: for authors and teachers. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { checkSchema } from '../../grading/checks/index.ts'
import { isTeachersOwn } from '../../levels/loader/hidden.ts'
import { loadLevel } from '../../levels/loader/level.ts'
import { closest, LevelError, type Problem, problemText } from '../../levels/loader/problems.ts'
import { plainReason } from '../context.ts'
import { builtInLevels, FolderError, type FoundLevel, findLevel, noSuchLevel } from '../level-folder.ts'
import type { Finding } from './level-test.ts'
import { lintLevel } from './lint/index.ts'
import { staleAcceptances } from './mutation.ts'
import type { ProofTask } from './proof.ts'
import { proofsOf } from './proof-pool.ts'
import { rosterSeeds, seedsCsv } from './roster.ts'
import { schemaNames, schemaText } from './schemas.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const complain = (text: string, code: number): number => {
  process.stderr.write(`clusterlab: ${text}\n`)
  return code
}

function find(name: string): FoundLevel | number {
  try {
    return findLevel(name) ?? complain(noSuchLevel(name), 2)
  } catch (error) {
    if (error instanceof FolderError) return complain(error.message, 3)
    throw error
  }
}

export interface LevelTestOptions {
  readonly seeds: number
  readonly jobs: number
  readonly json?: boolean
  /** Change the solutions step by step, too, in the first seed. */
  readonly mutants?: boolean
  /** So many mutants of each solution, evenly drawn; all when absent. */
  readonly sample?: number
}

interface Proven {
  readonly level: string
  readonly seed: string
  readonly findings: Finding[]
}

/** Proves levels; all that come with the program when none is named. Exit code 1 when a proof fails. */
export async function levelTest(names: readonly string[], options: LevelTestOptions): Promise<number> {
  const levels: FoundLevel[] = []
  for (const name of names.length > 0 ? names : builtInLevels()) {
    const found = find(name)
    if (typeof found === 'number') return found
    levels.push(found)
  }
  const tasks = levels.flatMap((found) => tasksOf(found, options))
  const all: Proven[] = []
  let at = 0
  let used = new Set<number>()
  for await (const outcome of proofsOf(tasks, options.jobs)) {
    if ('problems' in outcome) return complain(outcome.problems.map(problemText).join('\n'), 3)
    const { found, seed, mutantsOf } = tasks[at]!
    if (mutantsOf === undefined) all.push({ level: found.name, seed, findings: [...outcome.findings] })
    else all.at(-1)!.findings.push(...outcome.findings)
    for (const i of outcome.used) used.add(i)
    const next = tasks[++at]
    if (next !== undefined && next.mutantsOf !== undefined) continue
    if (mutantsOf !== undefined && options.sample === undefined) all.at(-1)!.findings.push(...staleAcceptances(found, used))
    used = new Set()
    if (!options.json) print(all.at(-1)!)
  }
  const failed = all.flatMap((p) => p.findings).filter((f) => !f.ok).length
  if (options.json) say(JSON.stringify(all, null, 2))
  else
    say(
      failed === 0
        ? `all proofs hold (${all.length} run${all.length === 1 ? '' : 's'})`
        : `${failed} proof${failed === 1 ? '' : 's'} failed`,
    )
  return failed === 0 ? 0 : 1
}

/** The answers for each seed; after the first seed's the mutants, a task for each solution. */
function tasksOf(found: FoundLevel, { seeds, mutants, sample }: LevelTestOptions): ProofTask[] {
  const solutions = mutants === true ? Object.keys(found.files).filter((path) => /^solutions\/.*\.sh$/.test(path)) : []
  return Array.from({ length: seeds }, (_, i) => String(i)).flatMap((seed, i): ProofTask[] => [
    { found, seed },
    ...(i > 0 ? [] : solutions.map((path): ProofTask => ({ found, seed, mutantsOf: path, ...(sample !== undefined && { sample }) }))),
  ])
}

function print({ level, seed, findings }: Proven): void {
  say(`${level} (seed ${seed})`)
  for (const f of findings) say(`  ${f.ok ? 'ok  ' : 'FAIL'} ${f.what}${f.detail === '' ? '' : `: ${f.detail}`}`)
}

/** Problems of level files, with file, line and column, on stderr; what is only missing is a warning, on stdout. */
export function levelLint(names: readonly string[]): number {
  let bad = false
  for (const name of names.length > 0 ? names : builtInLevels()) {
    const found = find(name)
    if (typeof found === 'number') return found
    const problems = lintLevel(found)
    const errors = problems.filter((p) => p.warning !== true)
    for (const problem of problems)
      if (problem.warning) say(located(found, { ...problem, message: `warning: ${problem.message}` }))
      else process.stderr.write(`${located(found, problem)}\n`)
    if (errors.length === 0) say(`${found.name}: ok`)
    else bad = true
  }
  return bad ? 3 : 0
}

/** With a path that can be opened from here. */
function located({ folder }: FoundLevel, problem: Problem): string {
  const path = join(folder, problem.file)
  const near = relative(process.cwd(), path)
  return problemText({ ...problem, file: near.startsWith('..') ? path : near })
}

/** A JSON Schema by the name of what it is for: to stdout, or into a file. */
export function levelSchemaOf(name: string, out: string | undefined): number {
  const text = schemaText(name)
  if (text === undefined) {
    const near = closest(name, schemaNames)
    return complain(
      `level schema: there is no schema "${name}"${near === undefined ? '' : `; did you mean "${near}"?`} (there are ${schemaNames.join(', ')})`,
      2,
    )
  }
  return deliver(text, out)
}

function deliver(text: string, out: string | undefined): number {
  if (out === undefined) {
    process.stdout.write(text)
    return 0
  }
  try {
    writeFileSync(out, text)
    return 0
  } catch (error) {
    return complain(`${out}: ${plainReason(error)}`, 3)
  }
}

/** The student's copy of a level: all it takes to play it, without answers, proofs and hidden checks. */
export function levelHandout(name: string, folder: string): number {
  const found = find(name)
  if (typeof found === 'number') return found
  if (existsSync(folder)) return complain(`${folder} is there already; nothing was written`, 3)
  for (const [path, text] of Object.entries(found.files)) {
    if (isTeachersOwn(path)) continue
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    say(`wrote ${join(folder, path)}`)
  }
  return 0
}

/** What each student of a roster plays the level with (`play LEVEL --seed SEED`), as CSV. The key is never written. */
export function levelSeeds(name: string, roster: string, key: string, out: string | undefined): number {
  const found = find(name)
  if (typeof found === 'number') return found
  try {
    const level = loadLevel(found.name, found.files, { checks: checkSchema })
    return deliver(seedsCsv(rosterSeeds(roster, key, level)), out)
  } catch (error) {
    if (error instanceof LevelError) return complain(error.problems.map((p) => located(found, p)).join('\n'), 3)
    if (error instanceof FolderError) return complain(error.message, 3)
    throw error
  }
}
