/** The support matrix is true: it is what the registries say now. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { supportMatrix } from '../../scripts/support-matrix.ts'

test('docs/support-matrix.md is current (npm run docs)', () => {
  expect(readFileSync('docs/support-matrix.md', 'utf8') === supportMatrix()).toBe(true)
})

test('it tells of kinds, plugins and verbs', () => {
  const text = supportMatrix()
  for (const line of ['| Deployment | `apps/v1` |', '| NodeResourcesFit |', '| `kubectl rollout undo` |', '| ResourceQuota |'])
    expect(text).toContain(line)
})
