/** A class through the real program: distinct submissions made of a level's solutions and wrong answers, graded by two workers. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scriptsOf } from './levels.ts'

/** A folder of so many scripts, each with a comment of its own, so that none is graded in place of another. */
function classOf(level: string, size: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'clusterlab-class-'))
  const texts = ['solutions', 'wrong'].flatMap((kind) =>
    scriptsOf(`${level}/${kind}`).map((f) => readFileSync(`${level}/${kind}/${f}`, 'utf8')),
  )
  for (let i = 0; i < size; i++)
    writeFileSync(join(folder, `student-${String(i).padStart(4, '0')}.sh`), `# student ${i}\n${texts[i % texts.length]}`)
  return folder
}

/** Wall milliseconds of grading a class of that size. */
function gradeMs(cli: string, level: string, size: number): number {
  const folder = classOf(level, size)
  try {
    const begin = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'grade', level, folder, '--jobs', '2', '--format', 'json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    const took = performance.now() - begin
    if (status !== 1) throw new Error(`grade exited with ${status}: ${stderr}`)
    const { results } = JSON.parse(stdout) as { results: { status: string }[] }
    if (results.length !== size || results.some((r) => r.status !== 'graded')) throw new Error('not all were graded')
    return took
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Submissions a second once warm: what starts and first grades in each worker is measured by itself and taken off. */
export function classRate(cli: string, level: string, size: number): number {
  const warm = Math.ceil(size / 10)
  const start = gradeMs(cli, level, warm)
  return ((size - warm) / Math.max(1, gradeMs(cli, level, size) - start)) * 1000
}
