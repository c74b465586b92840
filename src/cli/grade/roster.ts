/** The students of a course and the seeds that are theirs: derived from the course's key, which only the teacher holds. */
import { createHmac } from 'node:crypto'
import { csvCell } from '../../grading/reports/csv.ts'
import { baseNameOf, type Level } from '../../levels/loader/level.ts'
import { FolderError, readRegularFile } from '../level-folder.ts'

const MAX_STUDENTS = 10_000

/** A student's seed, the same wherever the level's folder stands: HMAC-SHA256 (RFC 2104) of the student, the level and its version under the course's key, 16 hex digits of it. */
export const studentSeed = (key: string, student: string, level: Pick<Level, 'name' | 'version'>): string =>
  createHmac('sha256', key)
    .update(`${student}\u0000${baseNameOf(level.name)}\u0000${level.version}`)
    .digest('hex')
    .slice(0, 16)

/** The first cell of each line, in the file's order. A heading `student` or `name`, comments and empty lines are left out. */
function readRoster(file: string): string[] {
  const students = readRegularFile(file)
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map(firstCell)
    .filter((name) => name !== '')
  if (/^(?:student|name|submission)$/i.test(students[0] ?? '')) students.shift()
  const unique = [...new Set(students)]
  if (unique.length === 0) throw new FolderError(`${file}: there is no student in it; a name a line is needed`)
  if (unique.length > MAX_STUDENTS) throw new FolderError(`${file}: more than ${MAX_STUDENTS} students`)
  return unique
}

/** A cell of a CSV, with or without quotes (RFC 4180). */
function firstCell(line: string): string {
  const quoted = /^\s*"((?:[^"]|"")*)"/.exec(line)
  return (quoted ? quoted[1]!.replaceAll('""', '"') : line.split(/[,;\t]/)[0]!).trim()
}

/** Student → seed, in the roster's order. Throws FolderError. */
export function rosterSeeds(roster: string, keyFile: string | undefined, level: Level): Map<string, string> {
  if (keyFile === undefined) throw new FolderError('--roster needs --key FILE: the secret that the seeds are derived from')
  const key = readRegularFile(keyFile).trim()
  if (key === '') throw new FolderError(`${keyFile}: the key is empty; openssl rand -hex 32 > ${keyFile} makes one`)
  return new Map(readRoster(roster).map((student) => [student, studentSeed(key, student, level)]))
}

/** What a teacher hands out, a line a student (RFC 4180). */
export const seedsCsv = (seeds: ReadonlyMap<string, string>): string =>
  ['student,seed', ...[...seeds].map(([student, seed]) => `${csvCell(student)},${seed}`)].map((line) => `${line}\r\n`).join('')
