/**
 * Node.js as the runner of scripts: a file, a text after `-e`. It runs the subset of JavaScript that docs/world.md states; what is beyond it
 * ends the process, with its line in the log. Models node:22.
 */
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { pathIn } from '../scripting/files.ts'
import { Endless, Thrown } from '../scripting/machine.ts'
import { type Launch, type Runtime, runBeside, scriptProgram } from '../scripting/run.ts'
import { MiB } from '../text/context.ts'
import { readText } from '../text/files.ts'
import { httpDate } from '../text/times.ts'
import { uncaughtText } from './errors.ts'
import { language, prepare } from './language.ts'
import { NODE } from './library.ts'
import { hidden } from './operate.ts'
import { handle } from './web.ts'

const NO_NETWORK = 'clusterlab: there is no package registry on this network; images bring what they need'
const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15 }

function launch(ctx: Pick<ProcessContext, 'files' | 'cwd'>, argv: readonly string[]): Launch {
  const said = (text: string, exitCode: number, stream: 'stdout' | 'stderr' = 'stdout'): Launch => ({
    kind: 'said',
    text,
    exitCode,
    stream,
  })
  let at = 1
  for (; at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '-'; at++) {
    const option = argv[at]!
    if (option === '-v' || option === '--version') return said(`v${NODE}`, 0)
    if (option === '-e' || option === '--eval') return { kind: 'script', path: '[eval]', text: argv[at + 1] ?? '' }
    if (option === '-p' || option === '--print') return { kind: 'script', path: '[eval]', text: `console.log(${argv[at + 1] ?? ''})` }
    if (option === '-r' || option === '--require') at++
  }
  const script = argv[at]
  if (script === undefined || script === '-') return said('', 0)
  const path = pathIn(ctx as ProcessContext, script)
  const found = [path, `${path}.js`, `${path}/index.js`].find((p) => readText(ctx.files, p) !== undefined)
  if (found === undefined)
    return said(
      `node:internal/modules/cjs/loader:1386\n  throw err;\n  ^\n\nError: Cannot find module '${path}'\n    at node:internal/main/run_main_module:36:49 {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: []\n}\n\nNode.js v${NODE}`,
      1,
      'stderr',
    )
  return { kind: 'script', path: found, text: readText(ctx.files, found)! }
}

const runtime: Runtime = {
  language,
  name: 'node',
  executables: ['node', 'nodejs'],
  baseBytes: 40 * MiB,
  commands: [],
  launch: (ctx) => launch(ctx, ctx.argv),
  prepare,
  syntaxError(path, text, error) {
    const line = text.split('\n')[error.line - 1] ?? ''
    return `${path}:${error.line}\n${line}\n${'^'.repeat(Math.max(1, line.trim().length))}\n\nSyntaxError: ${error.message}\n\nNode.js v${NODE}\n`
  },
  uncaught: (m, error) => ({ code: 1, text: uncaughtText(m, error, NODE) }),
  alive: (m) => m.servers.length > 0 || m.tasks.length > 0 || m.threads.some((t) => t.wait === undefined && t.frames.length > 0),
  // One thread serves everything: while it computes nobody is answered.
  listening: (m) => !m.threads.some((t) => t.wait === undefined && t.frames.length > 0),
  serve(m, server, request, sourceIp) {
    const served = handle(m, server.handler, request, sourceIp)
    if (served === 'endless') throw new Endless()
    if (served === 'hang') return 'hang'
    return { status: served.status, headers: { date: httpDate(m.nowMs), connection: 'keep-alive', ...served.headers }, body: served.body }
  },
  signal(m, signal) {
    const handler = m.signals[signal]
    // Process 1 without a handler is immune.
    if (handler !== undefined) m.start(handler, [`SIG${signal}`, SIGNALS[signal] ?? 0])
  },
  file: () => ({ served: { status: 404, headers: {}, body: '' }, line: '' }),
  settled(m) {
    const error = m.signals['.uncaught']
    if (error !== undefined) throw new Thrown(error)
    const [promise] = m.rejected
    if (promise !== undefined) throw new Thrown(hidden(m, promise, '.value'))
  },
  ending(m, code) {
    const handler = m.signals['exit']
    if (handler === undefined) return
    delete m.signals['exit']
    m.atOnce(handler, [code])
  },
}

const beside: ContainerCommand = {
  executables: runtime.executables,
  spawns: true,
  run: ({ argv, stdin, ctx }) => {
    const started = launch({ files: ctx.files, ...(ctx.cwd !== undefined && { cwd: ctx.cwd }) }, argv)
    const script: Launch =
      started.kind === 'said' && started.text === '' && started.exitCode === 0
        ? { kind: 'script', path: '[stdin]', text: stdin() }
        : started
    return runBeside(runtime, script, ctx)
  },
}
const npm: ContainerCommand = {
  executables: ['npm', 'npx', 'yarn'],
  run: ({ argv }) =>
    argv[1] === '--version' || argv[1] === '-v' ? { exitCode: 0, stdout: '10.9.3\n' } : { exitCode: 1, stderr: `${NO_NETWORK}\n` },
}

export const node = scriptProgram({ ...runtime, commands: [beside, npm] })
