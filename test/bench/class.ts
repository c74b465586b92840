/**
 * A class through the real program: distinct submissions made of a level's solutions and wrong answers, graded by two workers. How many there
 * are hangs on how long they take, so that it ends in a minute or two on a slow machine, too.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scriptsOf } from './levels.ts'

const WORKERS = 2
/** What the second, larger class may take. */
const PATIENCE_MS = 90_000
/** Told by the process that grades when it ends: all its threads are in it. */
const TELL = `process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('used '+(user+system)/1000+' '+process.resourceUsage().maxRSS/1024+'\\n')})`

/** A folder of so many scripts, each with a comment of its own, so that none is graded in place of another. Those of a sort leave the same cluster. */
function classOf(level: string, size: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'clusterlab-class-'))
  const texts = ['solutions', 'wrong'].flatMap((kind) =>
    scriptsOf(`${level}/${kind}`).map((f) => readFileSync(`${level}/${kind}/${f}`, 'utf8')),
  )
  for (let i = 0; i < size; i++)
    writeFileSync(join(folder, `student-${String(i).padStart(4, '0')}.sh`), `# student ${i}\n${texts[i % texts.length]}`)
  return folder
}

interface Graded {
  readonly size: number
  readonly wallMs: number
  readonly cpuMs: number
  /** Of the whole process. */
  readonly peakMb: number
}

function gradeClass(cli: string, level: string, size: number): Graded {
  const folder = classOf(level, size)
  try {
    const begin = performance.now()
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(TELL)}`,
        cli,
        'grade',
        level,
        folder,
        '--jobs',
        String(WORKERS),
        '--format',
        'json',
      ],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    )
    const wallMs = performance.now() - begin
    if (status !== 1) throw new Error(`grade exited with ${status}: ${stderr}`)
    const { results } = JSON.parse(stdout) as { results: { status: string }[] }
    if (results.length !== size || results.some((r) => r.status !== 'graded')) throw new Error('not all were graded')
    const used = [...stderr.matchAll(/^used (\S+) (\S+)$/gm)].map((m) => ({ cpuMs: Number(m[1]), peakMb: Number(m[2]) }))
    return { size, wallMs, cpuMs: Math.max(...used.map((u) => u.cpuMs)), peakMb: Math.max(...used.map((u) => u.peakMb)) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface ClassFigures {
  /** Submissions a second, once warm. */
  readonly rate: number
  /** Processor milliseconds a submission, once warm. */
  readonly cpuMs: number
  readonly peakMbOfWorker: number
  /** How many were graded. */
  readonly size: number
  /** How many of them do different things: the experiments of two that leave the same cluster are run once. */
  readonly sorts: number
}

/** What starts and first grades in each worker is measured by itself, with a tenth of the class, and taken off. */
export function classFigures(cli: string, level: string, wanted: number): ClassFigures {
  const warm = gradeClass(cli, level, Math.ceil(wanted / 10))
  const affordable = Math.floor((warm.size * PATIENCE_MS) / warm.wallMs)
  const size = Math.max(warm.size * 2, Math.min(wanted, affordable))
  const whole = gradeClass(cli, level, size)
  const more = size - warm.size
  return {
    rate: (more / Math.max(1, whole.wallMs - warm.wallMs)) * 1000,
    cpuMs: (whole.cpuMs - warm.cpuMs) / more,
    peakMbOfWorker: whole.peakMb / WORKERS,
    size,
    sorts: Math.min(size, ['solutions', 'wrong'].flatMap((kind) => scriptsOf(`${level}/${kind}`)).length),
  }
}
