/** Scripts with the output and exit code that a real bash and real tools give. */
import { describe, expect, test } from 'vitest'
import { rows as jqAwk } from './rows/jq-awk.ts'
import { rows as language } from './rows/language.ts'
import { rows as tools } from './rows/tools.ts'
import { runScript } from './world.ts'

for (const [name, rows] of Object.entries({ language, tools, 'jq and awk': jqAwk })) {
  describe(name, () => {
    test.each(rows)('%s', (script, stdout, exitCode) => {
      const result = runScript(script)
      expect(result.stdout).toBe(stdout)
      expect(result.exitCode).toBe(exitCode)
    })
    test.each(rows)('state survives JSON at every wait: %s', (script, stdout, exitCode) => {
      const result = runScript(script, { between: (state) => JSON.parse(JSON.stringify(state)) })
      expect(result.stdout).toBe(stdout)
      expect(result.exitCode).toBe(exitCode)
    })
  })
}
