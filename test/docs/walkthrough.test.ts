/** `docs/authoring.md`, then `docs/grading.md`, line by line in an empty directory: every command works as shown, and prints what is shown. */
import { beforeAll, expect, test } from 'vitest'
import { program } from '../cli/program.ts'
import { Desk, shown, typedOf } from './walk.ts'

beforeAll(() => void program(), 120_000)

test('a teacher follows both pages to the end', { timeout: 300_000 }, () => {
  const desk = new Desk()
  for (const page of ['docs/authoring.md', 'docs/grading.md'])
    for (const { where, command, shows } of typedOf(page)) expect(desk.type(command).output, `${where}: ${command}`).toMatch(shown(shows))
})
