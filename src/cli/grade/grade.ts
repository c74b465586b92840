/** `clusterlab grade LEVEL SUBMISSION…`: grades each in a world of its own and writes the report. The bytes are the same whatever --jobs is. */
import { writeFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { studentOf } from '../../grading/reports/csv.ts'
import { reportFormats } from '../../grading/reports/index.ts'
import type { GradingReport } from '../../grading/reports/report.ts'
import { maxScoreOf, type SubmissionResult } from '../../grading/result.ts'
import type { Level } from '../../levels/loader/level.ts'
import { LevelError, problemText } from '../../levels/loader/problems.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import { ENGINE_VERSION } from '../../session/journal.ts'
import type { Lang } from '../../shell/contract.ts'
import { FolderError, type FoundLevel, findLevel, noSuchLevel } from '../level-folder.ts'
import { keptLevel } from '../stages.ts'
import { GradingPool, type Outcome } from './pool.ts'
import { rosterSeeds } from './roster.ts'
import { type Entry, expandPaths, handedIn, readSubmission } from './submissions.ts'
import type { WorkerTask } from './worker.ts'

export interface GradeOptions {
  readonly format: string
  readonly out?: string
  readonly jobs: number
  readonly seed: string
  readonly lang: Lang
  readonly roster?: string
  readonly key?: string
  /** One that was started already. */
  readonly worker?: Worker
}

const DONE = 0
const NOT_PASSED = 1
const USAGE = 2
const OURS = 3

/** Exit code. What is wrong with the call or the level goes to stderr. */
export async function grade(nameOrPath: string, paths: readonly string[], options: GradeOptions): Promise<number> {
  const format = reportFormats.find((f) => f.name === options.format)
  if (format === undefined)
    return complain(`unknown format "${options.format}"; there are ${reportFormats.map((f) => f.name).join(', ')}`, USAGE)
  let found: FoundLevel | undefined
  let level: Level
  let seeds: Map<string, string>
  try {
    found = findLevel(nameOrPath)
    if (found === undefined) return complain(noSuchLevel(nameOrPath), USAGE)
    level = await levelOf(found, options.seed)
    seeds = options.roster === undefined ? new Map() : rosterSeeds(options.roster, options.key, level)
  } catch (error) {
    if (error instanceof LevelError) return complain(error.problems.map(problemText).join('\n'), OURS)
    if (error instanceof FolderError) return complain(error.message, OURS)
    throw error
  }
  // What a platform hands over is one person's, whatever is in the folder.
  const entries = (format.single ? paths : expandPaths(paths)).map(readSubmission)
  if (format.single && entries.length !== 1)
    return complain(`the format ${format.name} takes one submission at a time; ${entries.length} were given`, USAGE)
  const results = await gradeAll(found, level, entries, (entry) => seedFor(entry, seeds, options), options)
  const report: GradingReport = {
    schema: 'clusterlab/result/v1',
    level: level.name,
    levelHash: level.hash,
    engine: ENGINE_VERSION,
    seed: options.seed,
    results,
  }
  const text = format.write(report, { env: process.env, nowMs: Date.now(), lang: options.lang, handed: entries.flatMap(handedIn) })
  const problem = writeReport(text, options.out)
  return problem === undefined ? exitCode(results) : complain(problem, OURS)
}

/** A journal says which seed it was played with; its variants are drawn from it, unless a roster says otherwise. */
const seedOf = (entry: Entry): string | undefined =>
  'submission' in entry && entry.submission.kind === 'journal' ? entry.submission.journal.header.seed : undefined

/** With a roster the seed is the student's own, whatever a journal says; others are not graded. */
function seedFor(entry: Entry, seeds: ReadonlyMap<string, string>, options: GradeOptions): string | { readonly refused: string } {
  const played = seedOf(entry)
  if (options.roster === undefined) return played ?? options.seed
  const student = studentOf(entry.path)
  const own = seeds.get(student)
  if (own === undefined) return { refused: `"${student}" is not in the roster` }
  return played === undefined || played === own
    ? own
    : { refused: `this journal was played with the seed "${played}", which is not "${student}"'s` }
}

/** A level that was kept is had without loading the engine, which the workers need and this thread does not. Throws LevelError. */
async function levelOf({ name, files }: FoundLevel, seed: string): Promise<Level> {
  return keptLevel(name, files, seed) ?? (await import('../read-level.ts')).readLevel(name, files, seed, true)
}

/** Undefined when written, otherwise why not. */
function writeReport(text: string, out: string | undefined): string | undefined {
  if (out === undefined) {
    process.stdout.write(text)
    return undefined
  }
  try {
    writeFileSync(out, text)
    return undefined
  } catch (error) {
    return `${out}: cannot be written (${(error as NodeJS.ErrnoException).code})`
  }
}

async function gradeAll(
  found: FoundLevel,
  level: Level,
  entries: readonly Entry[],
  seed: (entry: Entry) => string | { readonly refused: string },
  options: GradeOptions,
): Promise<SubmissionResult[]> {
  const gradable = entries.filter((e) => 'submission' in e).length
  const pool =
    gradable === 0
      ? undefined
      : new GradingPool({ name: found.name, files: found.files, lang: options.lang }, Math.min(options.jobs, gradable), options.worker)
  const maxScore = maxScoreOf(level)
  // Same seed and same inputs, same result: what two people handed in alike is played once.
  const played = new Map<string, Promise<Outcome>>()
  const outcomeOf = (task: WorkerTask): Promise<Outcome> => getOrMake(played, inputsOf(task), () => pool!.grade(task))
  const failed = (path: string, message: string): SubmissionResult => ({
    submission: path,
    status: 'error',
    passed: false,
    score: 0,
    maxScore,
    virtualSeconds: 0,
    stateHash: '',
    checks: [],
    message,
  })
  try {
    return await Promise.all(
      entries.map(async (entry, id): Promise<SubmissionResult> => {
        if ('error' in entry) return failed(entry.path, entry.error)
        const given = seed(entry)
        if (typeof given !== 'string') return failed(entry.path, given.refused)
        const outcome = await outcomeOf({ id, submission: entry.submission, seed: given })
        return 'result' in outcome ? { ...outcome.result, submission: entry.path } : failed(entry.path, outcome.error)
      }),
    )
  } finally {
    await pool?.close()
  }
}

/** What decides the result, as text; what is nested too deeply to be written down is like nothing else. */
function inputsOf({ id, seed, submission }: WorkerTask): string {
  try {
    return JSON.stringify([seed, { ...submission, name: '' }])
  } catch {
    return `submission ${id}`
  }
}

/** With several: usage before error before not passed before passed. */
function exitCode(results: readonly SubmissionResult[]): number {
  if (results.some((r) => r.status !== 'graded')) return OURS
  return results.every((r) => r.passed) ? DONE : NOT_PASSED
}

function complain(message: string, code: number): number {
  process.stderr.write(`clusterlab: ${message}\n`)
  return code
}
