/** Which paths are one submission, and which are a class of them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expandPaths } from '../../src/cli/grade/submissions.ts'

function folder(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'class-'))
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  return root
}

describe('a folder', () => {
  test.each<[why: string, files: readonly string[], submissions: readonly string[]]>([
    ['with a solution.sh is one submission, whatever else it holds', ['solution.sh', 'helper.sh', 'web.yaml'], ['']],
    ['of manifests is one submission', ['a.yaml', 'b.yaml'], ['']],
    ['with one script is one submission', ['fix.sh', 'notes.txt'], ['']],
    ['with one journal is one submission', ['game.jsonl'], ['']],
    ['of folders is a class', ['anna/solution.sh', 'bob/game.jsonl'], ['anna', 'bob']],
    ['of several scripts is a class', ['bob.sh', 'anna.sh'], ['anna.sh', 'bob.sh']],
    ['of several journals is a class: none is graded in place of another', ['bob.jsonl', 'anna.jsonl'], ['anna.jsonl', 'bob.jsonl']],
    ['of scripts and one journal is a class, too', ['cleo.jsonl', 'bob.sh', 'anna.sh'], ['anna.sh', 'bob.sh', 'cleo.jsonl']],
    ['of one script and one journal is a class of two', ['cleo.jsonl', 'bob.sh'], ['bob.sh', 'cleo.jsonl']],
    ['that is empty is a submission, which then has nothing in it', [], ['']],
  ])('%s', (_why, files, submissions) => {
    const root = folder(files)
    expect(expandPaths([root]).map((path) => relative(root, path))).toEqual(submissions)
  })
})
