/**
 * The step machine of the language: one handler a kind of frame. A frame looks at its node, pushes a frame for what comes next or takes itself
 * off. Models POSIX XCU 2.9 (commands) and 2.8 (errors), with bash's compound commands.
 */
import type { CommandNode, PipelineNode, Statement, SyntaxNode } from 'unbash'
import { evaluate } from './arithmetic.ts'
import { expandHere, failScript, nodeOf, programOf } from './attempt.ts'
import { runCommand, runExec } from './command.ts'
import { setVariable } from './environment.ts'
import type { Kernel } from './kernel.ts'
import { matches } from './pattern.ts'
import { checkSyntax } from './program.ts'
import { applyRedirects } from './redirects.ts'
import { signalNumbers } from './signals.ts'
import { type Frame, type FrameOf, type Process, ScriptError, type Variable } from './state.ts'
import { evaluateTest } from './test-command.ts'
import { runTool } from './tool-frame.ts'
import { runRead, runWait } from './waiting.ts'

/** The frame on top, handled by its kind; traps that are due go first. */
export function handleFrame(kernel: Kernel, process: Process, frame: Frame): void {
  if (process.pending.length > 0 && frame.k !== 'tool' && frame.k !== 'await' && frame.k !== 'pipe' && frame.k !== 'trap') {
    startTrap(kernel, process)
    return
  }
  try {
    dispatch(kernel, process, frame)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    failScript(kernel, process, error)
  }
}

function dispatch(kernel: Kernel, process: Process, frame: Frame): void {
  switch (frame.k) {
    case 'list':
      runList(kernel, process, frame)
      return
    case 'node':
      runNode(kernel, process, frame)
      return
    case 'andor':
      runAndOr(kernel, process, frame)
      return
    case 'pipe':
      runPipe(kernel, process, frame)
      return
    case 'if':
      runIf(kernel, process, frame)
      return
    case 'while':
      runWhile(kernel, process, frame)
      return
    case 'for':
      runFor(kernel, process, frame)
      return
    case 'cfor':
      runArithmeticFor(kernel, process, frame)
      return
    case 'await':
      runAwait(kernel, process, frame)
      return
    case 'tool':
      runTool(kernel, process, frame)
      return
    case 'exec':
      runExec(kernel, process, frame)
      return
    case 'read':
      runRead(kernel, process, frame)
      return
    case 'waitjobs':
      runWait(kernel, process, frame)
      return
    case 'halt':
      kernel.end(process, frame.status)
      return
    case 'trap':
      process.status = frame.status
      pop(process)
      return
    case 'func':
      pop(process)
      afterCommand(kernel, process)
      return
    default:
      pop(process)
  }
}

/** Takes the top frame off and undoes what it had set up (descriptors, positional parameters, local variables). */
export function pop(process: Process): Frame | undefined {
  const frame = process.frames.pop()
  if (frame?.k === 'restore') process.fds = frame.fds
  else if (frame?.k === 'func') {
    process.args = frame.args
    restoreVariables(process, frame.locals)
    if (frame.vars !== undefined) restoreVariables(process, frame.vars)
  } else if (frame?.k === 'call') {
    if (frame.args !== undefined) process.args = frame.args
    if (frame.vars !== undefined) restoreVariables(process, frame.vars)
  }
  return frame
}

function restoreVariables(process: Process, saved: Record<string, Variable | null>): void {
  for (const name of Object.keys(saved)) {
    const old = saved[name]
    if (old === null || old === undefined) delete process.vars[name]
    else process.vars[name] = old
  }
}

/** `break`/`continue` out of n loops; nothing happens outside a loop. */
export function leaveLoops(process: Process, count: number, again: boolean): boolean {
  const isLoop = (frame: Frame) => frame.k === 'for' || frame.k === 'while' || frame.k === 'cfor'
  let loops = 0
  for (let i = process.frames.length - 1; i >= 0 && process.frames[i]!.k !== 'func'; i--) if (isLoop(process.frames[i]!)) loops++
  if (loops === 0) return false
  let left = Math.min(count, loops)
  for (;;) {
    const top = process.frames[process.frames.length - 1]!
    if (isLoop(top) && --left === 0) {
      if (!again) pop(process)
      else if (top.k === 'while') top.stage = 0
      else if (top.k === 'cfor') top.stage = 3
      return true
    }
    pop(process)
  }
}

/** `return`: ends the innermost function or sourced file. */
export function leaveFunction(kernel: Kernel, process: Process, status: number): boolean {
  if (!process.frames.some((frame) => frame.k === 'func' || (frame.k === 'call' && frame.dot))) return false
  process.status = status
  for (;;) {
    const top = process.frames[process.frames.length - 1]!
    if (top.k === 'func' || (top.k === 'call' && top.dot)) {
      dispatch(kernel, process, top)
      process.status = status
      return true
    }
    pop(process)
  }
}

/** `set -e` after a command that failed where nobody looks at its status. */
export function afterCommand(kernel: Kernel, process: Process): void {
  if (process.status === 0 || process.options.errexit !== 1 || process.condition === true) return
  if (process.frames.some((frame) => frame.c === true)) return
  kernel.finish(process)
}

function startTrap(kernel: Kernel, process: Process): void {
  const name = process.pending.shift()!
  const source = process.traps[name]
  if (source === undefined || source === '') return
  const top = process.frames[process.frames.length - 1]
  if (top?.k === 'waitjobs') {
    process.frames.pop()
    process.status = 128 + (signalNumbers[name] ?? 0)
  }
  process.frames.push({ k: 'trap', s: 0, n: 0, status: process.status }, { k: 'list', s: kernel.source(source), n: 0, i: 0 })
}

function push(process: Process, kernel: Kernel, owner: Frame, node: SyntaxNode, condition = false): void {
  const n = programOf(kernel, owner).ids.get(node)!
  const c = condition ? { c: true } : {}
  if (node.type === 'CompoundList' || node.type === 'Script') process.frames.push({ k: 'list', s: owner.s, n, i: 0, ...c })
  else if (node.type === 'AndOr') process.frames.push({ k: 'andor', s: owner.s, n, i: 0, ...c })
  else if (node.type === 'Pipeline') startPipeline(kernel, process, owner, node, c)
  else process.frames.push({ k: 'node', s: owner.s, n, ...c })
}

function runList(kernel: Kernel, process: Process, frame: FrameOf<'list'>): void {
  const node = nodeOf(kernel, frame)
  if (frame.i === 0 && frame.n === 0 && programOf(kernel, frame).errors.length > 0) {
    failSyntax(kernel, frame)
    return
  }
  const statements = 'commands' in node ? (node.commands as readonly Statement[]) : []
  const statement = statements[frame.i]
  if (statement === undefined) {
    process.frames.pop()
    return
  }
  frame.i++
  if (statement.background === true) {
    startJob(kernel, process, frame, statement)
    return
  }
  push(process, kernel, frame, statement.command)
}

/** A source with syntax errors does not run at all: the first error is told, with its place, and the status is 2. */
function failSyntax(kernel: Kernel, frame: FrameOf<'list'>): void {
  const problem = checkSyntax(kernel.machine.sources[frame.s] ?? '')[0]!
  throw new ScriptError(`line ${problem.line}, column ${problem.column}: syntax error: ${problem.message}`, true, 2)
}

function startJob(kernel: Kernel, process: Process, owner: Frame, statement: Statement): void {
  const fds = { ...process.fds, 0: kernel.open({ k: 'null' }) }
  const node = statement.command
  const child = kernel.fork(process, [], fds)
  child.condition = undefined
  push(child, kernel, owner, node)
  process.lastJob = child.pid
  const number = process.jobs.reduce((most, job) => Math.max(most, job.number), 0) + 1
  const text = programOf(kernel, owner).text.slice(node.pos, node.end)
  process.jobs = [...process.jobs.filter((job) => job.status === undefined).slice(-100), { pid: child.pid, text, number }]
  if (process.interactive) kernel.write(process, 2, `[${number}] ${child.pid}\n`)
  process.status = 0
}

function runAndOr(kernel: Kernel, process: Process, frame: FrameOf<'andor'>): void {
  const node = nodeOf(kernel, frame)
  if (node.type !== 'AndOr') return void process.frames.pop()
  while (frame.i > 0 && frame.i < node.commands.length && (node.operators[frame.i - 1] === '&&') !== (process.status === 0)) frame.i++
  const command = node.commands[frame.i]
  if (command === undefined) return void process.frames.pop()
  frame.i++
  // Only the last of the chain can end the shell under `set -e`.
  frame.c = frame.i < node.commands.length || undefined
  if (frame.i === node.commands.length) process.frames.pop()
  push(process, kernel, frame, command)
}

function startPipeline(
  kernel: Kernel,
  process: Process,
  owner: Frame,
  node: Extract<PipelineNode, { type: 'Pipeline' }>,
  c: { c?: boolean },
): void {
  const neg = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1
  const timed = node.prefixes.some((prefix) => prefix.type === 'Time')
  const frame: Frame = {
    k: 'pipe',
    s: owner.s,
    n: programOf(kernel, owner).ids.get(node)!,
    pids: [],
    statuses: [],
    neg,
    ...(timed ? { startMs: kernel.host.now() } : {}),
    ...c,
  }
  if (neg) frame.c = true
  process.frames.push(frame)
  if (node.commands.length === 0) return
  if (node.commands.length === 1) {
    push(process, kernel, owner, node.commands[0]!)
    return
  }
  let input: number | undefined
  node.commands.forEach((command: CommandNode, i) => {
    const fds: Record<string, number> = { ...process.fds }
    if (input !== undefined) fds[0] = input
    const pipe = i < node.commands.length - 1 ? kernel.pipe() : undefined
    if (pipe !== undefined) fds[1] = pipe.writer
    if (node.operators[i] === '|&') fds[2] = fds[1]!
    input = pipe?.reader
    const child = kernel.fork(process, [], fds)
    push(child, kernel, owner, command)
    frame.pids.push(child.pid)
  })
}

function runPipe(kernel: Kernel, process: Process, frame: FrameOf<'pipe'>): void {
  if (frame.pids.some((pid) => kernel.process(pid) !== undefined)) {
    process.block = { k: 'child', pids: frame.pids }
    return
  }
  process.frames.pop()
  if (frame.pids.length > 0) {
    process.statuses = frame.pids.map((pid) => process.done[pid] ?? 0)
    for (const pid of frame.pids) delete process.done[pid]
    const failed = process.statuses.filter((status) => status !== 0)
    process.status = process.options.pipefail === 1 ? (failed[failed.length - 1] ?? 0) : process.statuses[process.statuses.length - 1]!
  }
  if (frame.startMs !== undefined) {
    const ms = kernel.host.now() - frame.startMs
    const real = `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`
    kernel.write(process, 2, `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`)
  }
  if (frame.neg) process.status = process.status === 0 ? 1 : 0
  else if (frame.pids.length > 0) afterCommand(kernel, process)
}

function runAwait(kernel: Kernel, process: Process, frame: FrameOf<'await'>): void {
  if (kernel.process(frame.pid) !== undefined) {
    process.block = { k: 'child', pids: [frame.pid] }
    return
  }
  process.frames.pop()
  process.status = process.done[frame.pid] ?? 0
  delete process.done[frame.pid]
  afterCommand(kernel, process)
}

function runNode(kernel: Kernel, process: Process, frame: FrameOf<'node'>): void {
  const node = nodeOf(kernel, frame)
  switch (node.type) {
    case 'Command':
      runCommand(kernel, process, frame, node)
      return
    case 'Redirected': {
      const saved = process.fds
      const redirected = expandHere(kernel, process, frame, (x) => applyRedirects(kernel, process, node.redirects, x))
      if (redirected === undefined) return
      process.frames.pop()
      process.frames.push({ k: 'restore', s: frame.s, n: frame.n, fds: saved })
      push(process, kernel, frame, node.command)
      return
    }
    case 'BraceGroup':
      process.frames.pop()
      push(process, kernel, frame, node.body)
      return
    case 'Subshell': {
      process.frames.pop()
      const child = kernel.fork(process, [])
      push(child, kernel, frame, node.body)
      process.frames.push({ k: 'await', s: frame.s, n: frame.n, pid: child.pid })
      return
    }
    case 'Function': {
      process.frames.pop()
      process.functions = { ...process.functions, [node.name.value]: { s: frame.s, n: programOf(kernel, frame).ids.get(node.body)! } }
      process.status = 0
      return
    }
    case 'If':
      process.frames.pop()
      process.frames.push({ k: 'if', s: frame.s, n: frame.n, i: 0 })
      return
    case 'While':
      process.frames.pop()
      process.frames.push({ k: 'while', s: frame.s, n: frame.n, stage: 0, last: 0 })
      return
    default:
      runExpandingNode(kernel, process, frame, node)
      return
  }
}

function runExpandingNode(kernel: Kernel, process: Process, frame: FrameOf<'node'>, node: SyntaxNode): void {
  switch (node.type) {
    case 'For': {
      const words = expandHere(kernel, process, frame, (x) => node.wordlist?.flatMap((word) => x.fields(word)) ?? process.args.slice(1))
      if (words === undefined) return
      process.frames.pop()
      process.status = 0
      process.frames.push({ k: 'for', s: frame.s, n: frame.n, words, i: 0 })
      return
    }
    case 'ArithmeticFor':
      process.frames.pop()
      process.frames.push({ k: 'cfor', s: frame.s, n: frame.n, stage: 0 })
      return
    case 'Case': {
      const chosen = expandHere(kernel, process, frame, (x) => {
        const text = x.text(node.word)
        return node.items.findIndex((item) => item.pattern.some((pattern) => matches(x.pattern(pattern), text)))
      })
      if (chosen === undefined) return
      process.frames.pop()
      process.status = 0
      const bodies: SyntaxNode[] = []
      for (let i = chosen; i >= 0 && i < node.items.length; i++) {
        bodies.push(node.items[i]!.body)
        if (node.items[i]!.terminator !== ';&') break
      }
      for (const body of bodies.reverse()) push(process, kernel, frame, body)
      return
    }
    case 'TestCommand': {
      const status = expandHere(kernel, process, frame, (x) => (evaluateTest(kernel, process, node.expression, x) ? 0 : 1))
      if (status !== undefined) completeSimple(kernel, process, status)
      return
    }
    case 'ArithmeticCommand': {
      const { expression } = node
      const status = expandHere(kernel, process, frame, (x) => (expression !== undefined && evaluate(expression, x) !== 0n ? 0 : 1))
      if (status !== undefined) completeSimple(kernel, process, status)
      return
    }
    default:
      throw new ScriptError(`${node.type.toLowerCase()}: this construct is not simulated`, false, 2)
  }
}

function completeSimple(kernel: Kernel, process: Process, status: number): void {
  process.frames.pop()
  process.status = status
  afterCommand(kernel, process)
}

function runIf(kernel: Kernel, process: Process, frame: FrameOf<'if'>): void {
  const node = nodeOf(kernel, frame)
  if (node.type !== 'If') return void process.frames.pop()
  const clauses = [node, ...node.elif]
  if (frame.i > 0 && process.status === 0) {
    process.frames.pop()
    push(process, kernel, frame, clauses[frame.i - 1]!.then)
    return
  }
  const clause = clauses[frame.i]
  if (clause !== undefined) {
    frame.i++
    push(process, kernel, frame, clause.clause, true)
    return
  }
  process.frames.pop()
  process.status = 0
  if (node.else !== undefined) push(process, kernel, frame, node.else)
}

function runWhile(kernel: Kernel, process: Process, frame: FrameOf<'while'>): void {
  const node = nodeOf(kernel, frame)
  if (node.type !== 'While') return void process.frames.pop()
  if (frame.stage === 0 || frame.stage === 2) {
    if (frame.stage === 2) frame.last = process.status
    frame.stage = 1
    push(process, kernel, frame, node.clause, true)
    return
  }
  if ((process.status === 0) === (node.kind === 'while')) {
    frame.stage = 2
    push(process, kernel, frame, node.body)
    return
  }
  process.frames.pop()
  process.status = frame.last
}

function runFor(kernel: Kernel, process: Process, frame: FrameOf<'for'>): void {
  const node = nodeOf(kernel, frame)
  const word = frame.words[frame.i]
  if (node.type !== 'For' || word === undefined) return void process.frames.pop()
  frame.i++
  setVariable(process, node.name.value, word)
  push(process, kernel, frame, node.body)
}

function runArithmeticFor(kernel: Kernel, process: Process, frame: FrameOf<'cfor'>): void {
  const node = nodeOf(kernel, frame)
  if (node.type !== 'ArithmeticFor') return void process.frames.pop()
  // Stages: 0 initialise, 1 test, 2 the body has run, 3 the same after `continue`.
  if (frame.stage === 0 || frame.stage >= 2) {
    const expression = frame.stage === 0 ? node.initialize : node.update
    if (expression !== undefined && expandHere(kernel, process, frame, (x) => evaluate(expression, x)) === undefined) return
    frame.stage = 1
    return
  }
  const { test } = node
  const go = test === undefined ? true : expandHere(kernel, process, frame, (x) => evaluate(test, x) !== 0n)
  if (go === undefined) return
  if (!go) return void process.frames.pop()
  frame.stage = 2
  push(process, kernel, frame, node.body)
}
