/** The levels of the repository, and their proof by halves, so that two workers share the time. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { proveLevel } from '../../src/cli/grade/level-test.ts'
import { readFolder } from '../../src/cli/level-folder.ts'

export const ROOT = join(import.meta.dirname, '../../levels')
export const levelNames = readdirSync(ROOT)
  .flatMap((course) => readdirSync(join(ROOT, course)).map((name) => `${course}/${name}`))
  .filter((name) => existsSync(join(ROOT, name, 'level.yaml')))
  .sort()

/** Its start scores nothing, its solutions get full marks, its wrong answers fail what they say. */
export function proveLevels(names: readonly string[]): void {
  test.each(names)('%s is proven', { timeout: 300_000 }, (name) => {
    const files = readFolder(join(ROOT, name))
    const failed = proveLevel({ name, files } as Parameters<typeof proveLevel>[0], '0').filter((f) => !f.ok)
    expect(failed.map((f) => `${f.what}: ${f.detail}`)).toEqual([])
  })
}
