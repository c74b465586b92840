// The game on the fake world, for the end-to-end tests and for trying it by hand: argv is [lang, level, nodes].
import { writeFileSync } from 'node:fs'
import { runGame } from '../../src/tui/run.tsx'
import { languageFrom } from '../../src/tui/texts/index.ts'
import { FakeWorld } from './fake-world.ts'

const [lang, levelId, nodes] = process.argv.slice(2)
const world = new FakeWorld({ nodes: Number(nodes ?? 3) })
const code = await runGame({ world, lang: languageFrom(lang, process.env), ...(levelId && levelId !== '-' && { levelId }) })
const report = process.env['DEMO_REPORT']
if (report)
  writeFileSync(report, JSON.stringify({ commands: world.commands, draft: world.draft, saves: world.saves, closed: world.closed, code }))
process.exit(code)
