/** How far the levels' own solutions stay from the budget of work: below a third of it (docs/adr/0008). The dearest are looked at; any may be, by name. */
import { expect, test } from 'vitest'
import { readFolder } from '../../src/cli/level-folder.ts'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { Examination, MAX_EFFORT } from '../../src/grading/run.ts'
import { loadLevel } from '../../src/levels/loader/level.ts'

test.each([
  ['config/password-in-the-manifest', 'by-commands-only.sh'],
  ['containers/two-in-a-pod', 'native-sidecar.sh'],
  ['scheduling/survive-a-node-crash', 'anti-affinity-and-fast-probes.sh'],
])('%s: %s', { timeout: 120_000 }, (name, solution) => {
  const files = readFolder(`levels/${name}`)
  const examination = new Examination(loadLevel(name, files, { checks: checkSchema }))
  const result = examination.grade({ kind: 'script', name: solution, text: files[`solutions/${solution}`]!, files: {} })
  expect(result.passed).toBe(true)
  expect(examination.effort).toBeLessThan(MAX_EFFORT / 3)
})
