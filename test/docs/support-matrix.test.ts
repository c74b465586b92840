/** The generated documents are true: they are what the registries and schemas say now. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resultSchemaText, supportMatrix } from '../../scripts/support-matrix.ts'

test('docs/support-matrix.md is current (npm run docs)', () => {
  expect(readFileSync('docs/support-matrix.md', 'utf8') === supportMatrix()).toBe(true)
})

test('docs/result-v1.schema.json is current (npm run docs)', () => {
  expect(readFileSync('docs/result-v1.schema.json', 'utf8')).toBe(resultSchemaText())
})

test('it tells of kinds, plugins and verbs', () => {
  const text = supportMatrix()
  for (const line of ['| Deployment | `apps/v1` |', '| NodeResourcesFit |', '| `kubectl rollout undo` |', '| ResourceQuota |'])
    expect(text).toContain(line)
})
