/** What is handed in as files: pipes, devices, links, files that grow while they are read, journals of a hundred thousand records, names that mean harm. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expandPaths, readSubmission } from '../../src/cli/grade/submissions.ts'
import { readRegularFile } from '../../src/cli/level-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'clusterlab-hostile-'))
let turn = 0
function folder(files: Readonly<Record<string, string>> = {}): string {
  const at = join(root, `s${turn++}`)
  mkdirSync(at)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text)
  return at
}
const fifo = (path: string): void => void execFileSync('mkfifo', [path])

const HEADER = `${JSON.stringify({ type: 'header', format: 'clusterlab/journal/v1', engine: '1.0.0', level: 'x', levelHash: '', seed: '0', preset: 'bare' })}\n`
const journal = (body: string): string => {
  const path = join(folder(), 'a.jsonl')
  writeFileSync(path, HEADER + body)
  return path
}

describe.each([
  [
    'a pipe',
    () => {
      const path = join(folder(), 'solution.sh')
      fifo(path)
      return path
    },
    /only regular files/,
  ],
  [
    'a pipe in a folder',
    () => {
      const at = folder({ 'solution.sh': 'true' })
      fifo(join(at, 'b'))
      return at
    },
    /only regular files/,
  ],
  ['a device without end', () => '/dev/zero', /only regular files/],
  ['a terminal', () => '/dev/tty', /only regular files|there is no such/],
  [
    'a link to a device',
    () => {
      const path = join(folder(), 'a.sh')
      symlinkSync('/dev/zero', path)
      return path
    },
    /only regular files/,
  ],
  [
    'a link out of the folder',
    () => {
      const at = folder({ 'solution.sh': 'true' })
      symlinkSync('/etc/passwd', join(at, 'b.yaml'))
      return at
    },
    /only regular files/,
  ],
  [
    'a folder that is a link',
    () => {
      const at = folder({ 'solution.sh': 'true' })
      symlinkSync('/etc', join(at, 'b'))
      return at
    },
    /only regular files/,
  ],
  [
    'a link to itself',
    () => {
      const path = join(folder(), 'a.sh')
      symlinkSync('a.sh', path)
      return path
    },
    /only regular files|there is no such/,
  ],
  [
    'a hundred and one files',
    () => folder(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}.yaml`, 'a: b']))),
    /more than 100 files/,
  ],
  ['a file of ten megabytes', () => folder({ 'solution.sh': 'x'.repeat(10_000_000) }), /larger than 256000 bytes/],
  ['a journal line of ten megabytes', () => journal(`{"type":"input","at":0,"text":"${'x'.repeat(10_000_000)}"}\n`), /larger than/],
  ['a journal nested without end', () => journal(`${'['.repeat(100_000)}\n`), /line 2: not JSON|nested|array/],
  [
    'a record nested without end',
    () => journal(`{"type":"fault","at":0,"kind":"crash","target":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}\n{}\n`),
    /line [23]: /,
  ],
  ['a hundred thousand records and more', () => journal('{"type":"check","at":0}\n'.repeat(100_001)), /more than 100000 records/],
  ['time that runs back', () => journal('{"type":"check","at":5}\n{"type":"check","at":4}\n'), /before that of the record above/],
  ['a name of the prototype', () => folderWithProto(), /cannot have this name/],
])('%s', (_name, make, wanted) => {
  test('is refused in words, at once', () => {
    const path = make()
    const begin = process.cpuUsage()
    const entry = readSubmission(path)
    const { user, system } = process.cpuUsage(begin)
    expect('error' in entry ? entry.error : 'it was taken').toMatch(wanted)
    expect('error' in entry ? entry.error : '').not.toMatch(/\n\s+at /)
    expect(user + system).toBeLessThan(3_000_000)
  })
})

function folderWithProto(): string {
  const at = folder({ 'solution.sh': 'true' })
  writeFileSync(join(at, '__proto__'), '')
  return at
}

test('ninety-nine thousand records are read within seconds', () => {
  const begin = process.cpuUsage()
  const entry = readSubmission(journal('{"type":"check","at":0}\n'.repeat(99_000)))
  const { user, system } = process.cpuUsage(begin)
  expect('submission' in entry && entry.submission.kind === 'journal' && entry.submission.journal.records).toHaveLength(99_000)
  expect(user + system).toBeLessThan(5_000_000)
})

// Its size is said to be 0, and megabytes come when it is read: as of a file that grows meanwhile.
test('a file that grows while it is read is refused', () => {
  expect(() => readRegularFile('/proc/kallsyms')).toThrow('/proc/kallsyms: larger than 256000 bytes')
})

test('names that lead elsewhere stay names', () => {
  const at = folder({
    'solution.sh': 'true',
    '%2e%2e%2fetc%2fpasswd': 'x',
    'a\\..\\..\\b': 'x',
    'C:x': 'x',
    'x\u001b[31m\u202e.yaml': 'x',
  })
  const entry = readSubmission(at)
  expect('submission' in entry && entry.submission.kind === 'script' && Object.keys(entry.submission.files).sort()).toEqual(
    ['%2e%2e%2fetc%2fpasswd', 'C:x', 'a\\..\\..\\b', 'solution.sh', 'x\u001b[31m\u202e.yaml'].sort(),
  )
})

test('a class folder with all of it is taken apart, entry by entry', () => {
  const at = folder({ 'ana.sh': 'true', 'bob.sh': 'true', '=1+1.sh': 'true' })
  fifo(join(at, 'c.sh'))
  symlinkSync('/dev/zero', join(at, 'd.sh'))
  const entries = expandPaths([at]).map(readSubmission)
  expect(entries.map((e) => 'error' in e)).toEqual([false, false, false, true, true])
})
