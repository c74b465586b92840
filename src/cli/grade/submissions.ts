/** What was handed in, read from disk: a journal, a script, manifests or a folder of such; a class folder is taken apart. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Handed } from '../../grading/reports/likeness.ts'
import type { Submission } from '../../grading/run.ts'
import { JournalError, parseJournal } from '../../session/journal.ts'
import { FolderError, readFolder, readRegularFile } from '../level-folder.ts'

/** One line of a grading: its path as given, and what is there, or why it cannot be read. */
export type Entry = { readonly path: string; readonly submission: Submission } | { readonly path: string; readonly error: string }

/**
 * Whether a folder is one submission: it has a solution.sh, or manifests, or one script or journal in all. Several of them side by side, of
 * either sort, are several people's.
 */
function isOneSubmission(names: readonly string[]): boolean {
  if (names.includes('solution.sh') || names.some((n) => /\.(ya?ml|json)$/.test(n))) return true
  return names.filter((n) => /\.(sh|jsonl)$/.test(n)).length === 1
}

const MAX_JOURNAL_BYTES = 8_000_000

/** Takes class folders apart: each child is a submission, in byte order of names. */
export function expandPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    let names: string[]
    try {
      if (!lstatSync(path).isDirectory()) return [path]
      names = readdirSync(path)
    } catch {
      return [path]
    }
    const visible = names.filter((n) => !n.startsWith('.'))
    if (isOneSubmission(visible) || visible.length === 0) return [path]
    return visible.sort(byBytes).map((n) => join(path, n))
  })
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

export function readSubmission(path: string): Entry {
  try {
    return { path, submission: read(path) }
  } catch (error) {
    if (error instanceof FolderError) return { path, error: error.message.startsWith(path) ? error.message : `${path}: ${error.message}` }
    if (error instanceof JournalError) return { path, error: `${path}: ${error.message}` }
    // A folder that may not be opened, or that vanished while it was read.
    const { code } = error as NodeJS.ErrnoException
    if (code !== undefined) return { path, error: `${path}: cannot be read (${code})` }
    throw error
  }
}

function read(path: string): Submission {
  if (!existsSync(path)) throw new FolderError(`${path}: there is no such file or folder`)
  const stat = lstatSync(path)
  if (stat.isDirectory()) return readSubmissionFolder(path)
  if (!stat.isFile()) throw new FolderError(`${path}: only regular files are read (no links, pipes or devices)`)
  if (path.endsWith('.jsonl')) return { kind: 'journal', name: path, journal: parseJournal(readRegularFile(path, MAX_JOURNAL_BYTES)) }
  if (path.endsWith('.sh')) return { kind: 'script', name: path, text: readRegularFile(path), files: {} }
  if (/\.(ya?ml|json)$/.test(path)) return { kind: 'manifests', name: path, files: { [basename(path)]: readRegularFile(path) } }
  throw new FolderError(`${path}: a submission is a journal (.jsonl), a script (.sh), a manifest (.yaml) or a folder`)
}

function readSubmissionFolder(path: string): Submission {
  const files = readFolder(path)
  const script = files['solution.sh']
  if (script !== undefined) return { kind: 'script', name: path, text: script, files, file: 'solution.sh' }
  const journal = Object.keys(files).find((f) => f.endsWith('.jsonl'))
  if (journal !== undefined) return { kind: 'journal', name: path, journal: parseJournal(files[journal]!) }
  if (Object.keys(files).some((f) => /\.(ya?ml|json)$/.test(f))) return { kind: 'manifests', name: path, files }
  const scripts = Object.keys(files).filter((f) => f.endsWith('.sh'))
  if (scripts.length === 1) return { kind: 'script', name: path, text: files[scripts[0]!]!, files, file: scripts[0]! }
  throw new FolderError(`${path}: there is no solution.sh, no manifest and no journal in this folder`)
}

/** What was put in, for comparing: commands, lines of a script, lines of manifests. */
export function handedIn(entry: Entry): Handed[] {
  if (!('submission' in entry)) return []
  const { path: submission, submission: what } = entry
  if (what.kind === 'journal') {
    const inputs = what.journal.records.flatMap((r) =>
      r.type === 'input' ? [r.text] : r.type === 'edit' && r.text !== null ? [r.text] : [],
    )
    return [{ submission, inputs }]
  }
  const texts =
    what.kind === 'script'
      ? [what.text]
      : Object.keys(what.files)
          .sort()
          .map((name) => what.files[name]!)
  return [{ submission, inputs: texts.flatMap((text) => text.split('\n')) }]
}
