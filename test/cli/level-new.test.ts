/** `level new`: what it asks, what flags say, and that every task it begins from is a level that is proven. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { proveLevel } from '../../src/cli/grade/level-test.ts'
import { lintLevel } from '../../src/cli/grade/lint/index.ts'
import { scaffold, tasks } from '../../src/cli/grade/scaffold/index.ts'
import { program, run, Screen } from './program.ts'

beforeAll(() => void program(), 120_000)

const root = mkdtempSync(join(tmpdir(), 'clusterlab-new-'))
const at = (...parts: string[]): string => join(root, ...parts)

test.each(tasks.map((t) => t.name))('the task %s is linted and proven, in another namespace as well', { timeout: 120_000 }, (task) => {
  for (const namespace of ['shop', 'tienda']) {
    const found = { name: 'my/new', folder: '/nowhere/my/new', files: scaffold('new', 'New', { task, namespace }) }
    expect(lintLevel(found)).toEqual([])
    expect(proveLevel(found, '0').filter((f) => !f.ok)).toEqual([])
  }
})

describe('without a terminal flags say it all', () => {
  test.each<[string, string[], number, RegExp]>([
    ['no folder', [], 2, /a folder is needed: clusterlab level new COURSE\/NAME/],
    ['two folders', ['a', 'b'], 2, /one folder at a time/],
    ['a name with other letters', [at('c', 'My Level')], 2, /did you mean "my-level"\?/],
    ['a task nobody knows', [at('c', 'x'), '--task', 'bild'], 2, /--task: "bild" is not known; did you mean "build"\? \(there are mend/],
    ['a cluster without a network', [at('c', 'x'), '--preset', 'bare'], 2, /--preset: "bare" is not known/],
    ['a difficulty', [at('c', 'x'), '--difficulty', '7'], 2, /--difficulty: "7" is no number from 1 to 5/],
    ['a namespace', [at('c', 'x'), '--namespace', 'Shop'], 2, /--namespace: "Shop"/],
    ['languages', [at('c', 'x'), '--languages', 'fr'], 2, /--languages: "fr" is not known/],
    ['a place that cannot be written', ['/dev/null/c/x'], 3, /not a directory/],
  ])('%s', (_, args, code, says) => {
    const ran = run(['level', 'new', ...args])
    expect(ran.stderr).toMatch(says)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
  })

  test('what they say is in the level; the schema its first line names is beside it', () => {
    const folder = at('course', 'front-door')
    const ran = run(['level', 'new', folder, '--task', 'survive', '--preset', 'gateway', '--difficulty', '4', '--languages', 'en'])
    expect(ran.code).toBe(0)
    const text = readFileSync(join(folder, 'level.yaml'), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/level\.schema\.json\n/)
    for (const part of ['title: "Front door"', 'difficulty: 4', 'preset: gateway', 'name: front-door']) expect(text).toContain(part)
    expect(ran.stdout).not.toContain('es.yaml')
    expect(JSON.parse(readFileSync(at('course', 'level.schema.json'), 'utf8'))).toMatchObject({ type: 'object' })
    expect(run(['level', 'new', folder])).toMatchObject({ code: 3, stderr: expect.stringContaining('is there already') })
  })
})

test('at a terminal it asks for what no flag said, again where the answer cannot be read', { timeout: 60_000 }, async () => {
  const folder = at('asked', 'shop-shut')
  const screen = new Screen(['level', 'new', '--difficulty', '2', '--lang', 'es'], { columns: 120 })
  const answer = async (question: string, text: string): Promise<void> => {
    await screen.until(question)
    screen.send(`${text}\r`)
  }
  await answer('Carpeta del nivel', at('asked', 'Shop Shut'))
  await answer('did you mean "shop-shut"?', folder)
  await answer('Título [Shop shut]', 'La tienda está cerrada')
  await answer('Tarea [mend]', 'build')
  await answer('Clúster (default, gateway', '')
  await answer('Namespace de quien juega [shop]', '')
  await answer('Idiomas (en,es o en) [en,es]', '')
  expect(await screen.exited).toBe(0)
  const text = readFileSync(join(folder, 'level.yaml'), 'utf8')
  for (const part of ['title: "La tienda está cerrada"', 'difficulty: 2', 'comes-back']) expect(text).toContain(part)
})

test('Ctrl-D at a question writes nothing', { timeout: 60_000 }, async () => {
  const screen = new Screen(['level', 'new', at('given-up', 'x')])
  await screen.until('Title [X]')
  screen.send('\u0004')
  expect(await screen.exited).toBe(3)
  expect(() => readFileSync(at('given-up', 'x', 'level.yaml'))).toThrow()
})

describe('level schema', () => {
  test.each(['level', 'translation', 'hidden', 'mutants', 'course', 'result'])('%s is a JSON Schema', (name) => {
    expect(JSON.parse(run(['level', 'schema', name]).stdout)).toMatchObject({ $schema: expect.any(String), type: 'object' })
  })
  test.each<[string[], number, RegExp]>([
    [['levle'], 2, /there is no schema "levle"; did you mean "level"\?/],
    [['level', 'result'], 2, /one at a time/],
    [['level', '--out', '/nowhere/x.json'], 3, /\/nowhere\/x\.json: no such file/],
  ])('%j', (args, code, says) => {
    const ran = run(['level', 'schema', ...args])
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringMatching(says)])
  })
})
