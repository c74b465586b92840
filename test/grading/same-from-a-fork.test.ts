/**
 * A submission gets the same result, byte for byte, in a world of its own that was just opened, in one where others were graded before it, and
 * in one that goes on from the image of a stage that was opened elsewhere.
 */
import { readFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import { readFolder } from '../../src/cli/level-folder.ts'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { Examination, type Submission } from '../../src/grading/run.ts'
import { loadLevel } from '../../src/levels/loader/level.ts'
import { openStage } from '../../src/levels/stage.ts'

const rows: readonly [level: string, first: string, second: string][] = [
  ['services/wordpress-reachable', 'wrong/cluster-ip-typed-in.sh', 'solutions/renamed-services.sh'],
  ['services/exposed-database', 'solutions/0', 'wrong/0'],
  ['scheduling/survive-a-node-crash', 'wrong/bare-pods.sh', 'solutions/spread-and-retry.sh'],
  ['resources/oom-pod', 'wrong/0', 'solutions/0'],
]

const levelOf = (name: string, seed: string) => loadLevel(name, readFolder(`levels/${name}`), { checks: checkSchema, seed })

describe.each(rows)('%s', (name, firstName, secondName) => {
  const level = levelOf(name, '7')
  const script = (path: string): Submission => {
    const [kind, which] = path.split('/') as ['solutions' | 'wrong', string]
    const text = /^\d$/.test(which) ? level[kind][Number(which)]!.text : readFileSync(`levels/${name}/${path}`, 'utf8')
    return { kind: 'script', name: path, text, files: {} }
  }
  const [first, second] = [script(firstName), script(secondName)]
  const stage = openStage(level)
  const image = (): ReturnType<typeof stage.world.image> => deserialize(serialize(stage.world.image()))

  test('the stage that goes on from an image is the stage', () => {
    const { world } = openStage(level, 'en', image())
    expect(world.stateHash()).toBe(stage.world.stateHash())
    expect([world.nowMs, world.store.revision]).toEqual([stage.world.nowMs, stage.world.store.revision])
    expect(world.store.inconsistencies()).toEqual([])
    for (const one of [world, stage.world]) one.advance(400_000)
    expect(world.stateHash()).toBe(stage.world.stateHash())
  })

  test('who does the same in other words gets the same, asked anew or not', () => {
    const inOtherWords = { ...second, text: `# by another hand\n\n${(second as { text: string }).text}` } as Submission
    const fresh = new Examination(level)
    const result = JSON.stringify(fresh.grade(inOtherWords))
    const used = new Examination(level)
    used.grade(second)
    expect(JSON.stringify(used.grade(inOtherWords))).toBe(result)
    expect(used.effort).toBe(fresh.effort)
  })

  test('results are the same, whoever was graded before', () => {
    const once = new Examination(level)
    const fresh = JSON.stringify(once.grade(second))
    const used = new Examination(level)
    used.grade(first)
    expect(JSON.stringify(used.grade(second))).toBe(fresh)
    // What it takes is counted alike, so that who comes near a limit hits it or not, whoever came before.
    expect(used.effort).toBe(once.effort)
    const resumed = new Examination(level, 'en', deserialize(serialize(openStage(level).world.image())))
    expect(JSON.stringify(resumed.grade(second))).toBe(fresh)
    expect(resumed.effort).toBe(once.effort)
    resumed.grade(first)
    expect(JSON.stringify(resumed.grade(second))).toBe(fresh)
  })
})
