/** Every kind's sample manifest goes through the whole life of a write: defaults, preparation, validation, an update without change, table, describe. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { fieldErrorText } from '../../../src/api/errors.ts'
import type { ApiObject } from '../../../src/api/meta.ts'
import { builtInKinds } from '../../../src/kinds/index.ts'
import { describeContext, emptyContext, NOW } from './support.ts'

const text = readFileSync(new URL('./fixtures/every-kind.yaml', import.meta.url), 'utf8')
const objects = parseAllDocuments(text).map((d) => d.toJS() as ApiObject)
const core = builtInKinds.filter((k) => k.group === '')

test('every core kind has a sample', () => {
  expect(objects.map((o) => o.kind).sort()).toEqual(
    core
      .filter((k) => k.lookedUp === undefined)
      .map((k) => k.kind)
      .sort(),
  )
})

describe.each(objects.map((o) => [o.kind, o] as const))('%s', (name, sample) => {
  const kind = core.find((k) => k.kind === name)!
  const object = structuredClone(sample)
  kind.setDefaults?.(object)

  test('defaults are settled after one pass', () => {
    const again = structuredClone(object)
    kind.setDefaults?.(again)
    expect(again).toEqual(object)
  })

  test('can be created and updated', () => {
    kind.prepareForCreate?.(object, emptyContext())
    expect((kind.validate?.(object, emptyContext()) ?? []).map(fieldErrorText)).toEqual([])
    const next = structuredClone(object)
    kind.setDefaults?.(next)
    kind.prepareForUpdate?.(next, object, emptyContext())
    expect(next).toEqual(object)
    expect((kind.validateUpdate?.(next, object, emptyContext()) ?? []).map(fieldErrorText)).toEqual([])
  })

  test('has a row and a description', () => {
    for (const column of kind.columns) expect(column.value(object, { nowMs: NOW })).not.toBeUndefined()
    const described = kind.describe?.(object, describeContext())
    if (described !== undefined) expect(described).toMatch(new RegExp(`^Name: +${object.metadata.name}\n`))
    expect(described ?? '').not.toContain('undefined')
  })

  test('field selectors give text', () => {
    for (const read of Object.values(kind.fieldSelectors ?? {})) expect(typeof read(object)).toBe('string')
  })
})
