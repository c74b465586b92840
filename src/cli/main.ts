/** The `clusterlab` command. */
import { grade } from './grade/grade.ts'
import { levelJsonSchema, levelLint, levelNew, levelTest } from './grade/level-command.ts'
import { serveRpc } from './rpc.ts'

const [command, ...args] = process.argv.slice(2)
if (command === 'rpc') await serveRpc(process.stdin, process.stdout)
else if (command === 'grade') process.exitCode = await grade(args[0]!, args.slice(1).filter((a) => !a.startsWith('--')), { format: args.find((a) => a.startsWith('--format='))?.slice(9) ?? 'text', jobs: 2, seed: '0', lang: 'en' })
else if (command === 'level' && args[0] === 'test') process.exitCode = levelTest(args.slice(1), { seeds: 1 })
else if (command === 'level' && args[0] === 'lint') process.exitCode = levelLint(args.slice(1))
else if (command === 'level' && args[0] === 'schema') process.stdout.write(levelJsonSchema())
else if (command === 'level' && args[0] === 'new') process.exitCode = levelNew(args[1]!, args[2] ?? 'A new level')
else {
  process.stderr.write(`unknown command: ${command ?? ''}\n`)
  process.exitCode = 2
}
