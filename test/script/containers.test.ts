/** What containers' scripts meet: wording, sleeping, signals, replacing the shell, streams from the host, limits. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShellHost, ShellState } from '../../src/script/contract.ts'
import { textOf } from '../../src/script/drive.ts'
import {
  checkSyntax,
  deliverSignal,
  describeShell,
  feedInput,
  interrupt,
  resume,
  runMore,
  startShell,
  step,
} from '../../src/script/language/shell.ts'
import { makeWorld, runScript } from './world.ts'

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  Object.values(value).forEach(freeze)
}

const go = (state: ShellState, host: ShellHost, steps = 100_000) => {
  freeze(state)
  return step(state, host, { steps })
}

describe('wording of sh and bash', () => {
  test.each([
    ['nosuch', 'sh', 'sh: nosuch: not found\n', 127],
    ['nosuch', 'bash', 'bash: nosuch: command not found\n', 127],
    ['./nosuch', 'bash', 'bash: ./nosuch: No such file or directory\n', 127],
    ['cat nope', 'sh', "cat: can't open 'nope': No such file or directory\n", 1],
    ['cat nope', 'bash', 'cat: nope: No such file or directory\n', 1],
    ['cat < nope', 'sh', "sh: can't open nope: no such file\n", 1],
    ['echo x > /no/x', 'sh', "sh: can't create /no/x: nonexistent directory\n", 1],
    ['cd nope', 'sh', "sh: cd: can't cd to nope: No such file or directory\n", 1],
    ['set -u; echo $x', 'sh', 'sh: x: parameter not set\n', 2],
    ['ls nope', 'sh', 'ls: nope: No such file or directory\n', 1],
    ['readonly a=1; a=2', 'sh', 'sh: a: is read only\n', 1],
  ])('%s in %s', (script, shellName, stderr, exitCode) => {
    const result = runScript(script, { shellName })
    expect([result.stderr, result.exitCode]).toEqual([stderr, exitCode])
  })

  test('a syntax error names its line and column and nothing runs', () => {
    const result = runScript('echo a\nif true; then')
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(/^bash: line \d+, column \d+: syntax error: /)
    expect(result.exitCode).toBe(2)
    expect(checkSyntax('for i in 1; do')[0]).toMatchObject({ line: 1, incomplete: true })
    expect(checkSyntax('echo )')[0]).toMatchObject({ incomplete: false })
  })
})

describe('time and waiting', () => {
  test('a loop with a sleep waits with one request at a time', () => {
    const { host, clock } = makeWorld()
    let state = startShell('while true; do echo tick; sleep 1; done')
    for (let i = 0; i < 3; i++) {
      const result = go(state, host)
      expect(textOf(result.output).all).toBe('tick\n')
      expect(result.status).toMatchObject({ kind: 'wait', requests: [{ kind: 'sleep', untilMs: clock.ms + 1000 }] })
      state = result.state
      clock.ms += 1000
    }
    expect(JSON.stringify(state).length).toBeLessThan(2000)
  })

  test('each command that is no builtin takes the delay asked for', () => {
    const result = runScript('date +%s.%N; true; date +%s.%N', { commandDelayMs: 100 })
    expect(result.stdout).toBe('1700000000.100000000\n1700000000.200000000\n')
  })

  test('read waits for input that is fed later', () => {
    const { host } = makeWorld()
    const first = go(startShell('read a b; echo "<$a|$b>"', { stdin: 'open' }), host)
    expect(first.status).toMatchObject({ kind: 'wait', requests: [{ kind: 'input' }] })
    const second = go(feedInput(first.state, 'x y z\n'), host)
    expect(textOf(second.output).stdout).toBe('<x|y z>\n')
  })
})

describe('commands of the host', () => {
  const watching = makeWorld({
    external: (call) =>
      call.name === 'watcher'
        ? { wait: { argv: [...call.argv] }, stdout: 'first\n' }
        : call.name === 'upper'
          ? { exitCode: 0, stdout: call.stdin().toUpperCase() }
          : undefined,
  })

  test('a stream delivers, goes on waiting, and is cut off by head', () => {
    const { host } = watching
    let result = go(startShell('watcher -w | head -2; echo done'), host)
    const request = result.status.kind === 'wait' ? result.status.requests[0]! : undefined
    expect(request).toMatchObject({ kind: 'external', name: 'watcher', data: { argv: ['watcher', '-w'] } })
    expect(textOf(result.output).stdout).toBe('first\n')
    result = go(resume(result.state, { id: request!.id, stdout: 'second\n' }), host)
    expect(textOf(result.output).stdout).toBe('second\n')
    expect(result.status.kind).toBe('wait')
    result = go(resume(result.state, { id: request!.id, stdout: 'third\n' }), host)
    expect(textOf(result.output).stdout).toBe('done\n')
    expect(result.status).toMatchObject({ kind: 'done', exitCode: 0 })
  })

  test('an answer ends the command with its code', () => {
    const { host } = watching
    const first = go(startShell('x=$(watcher); echo "$? [$x]"'), host)
    const id = first.status.kind === 'wait' ? first.status.requests[0]!.id : 0
    const second = go(resume(first.state, { id, stdout: 'end\n', exitCode: 3 }), host)
    expect(textOf(second.output).stdout).toBe('3 [first\nend]\n')
    expect(resume(second.state, { id: 999, exitCode: 0 })).toBe(second.state)
  })

  test('stdin is asked for when it is there, and left alone otherwise', () => {
    expect(runScript('(sleep 1; echo late) | upper', { world: watching }).stdout).toBe('LATE\n')
    expect(runScript('printf "a\\nb\\n" | while read l; do nosuch 2>/dev/null; echo $l; done', { world: watching }).stdout).toBe('a\nb\n')
  })
})

describe('signals', () => {
  test('a trap takes TERM after the foreground command, at once in wait', () => {
    const { host, clock } = makeWorld()
    const first = go(startShell('trap "echo bye; exit 0" TERM; sleep 5; echo no'), host)
    const { state, effect } = deliverSignal(first.state, 'TERM')
    expect(effect).toBe('trap')
    expect(go(state, host).status.kind).toBe('wait')
    clock.ms += 5000
    const end = go(state, host)
    expect([textOf(end.output).stdout, end.status]).toEqual(['bye\n', { kind: 'done', exitCode: 0, exited: true, requests: [] }])
    const waiting = go(startShell('trap "echo bye; exit 7" TERM; sleep 3600 & wait; echo no'), host)
    const now = go(deliverSignal(waiting.state, 'SIGTERM').state, host)
    expect([textOf(now.output).stdout, now.status]).toMatchObject(['bye\n', { kind: 'done', exitCode: 7 }])
  })

  test('without a trap the default applies, an empty trap ignores', () => {
    const { host } = makeWorld()
    const plain = go(startShell('sleep 10'), host)
    expect(deliverSignal(plain.state, 'TERM')).toEqual({ state: plain.state, effect: 'default' })
    const deaf = go(startShell("trap '' TERM; sleep 3600"), host)
    expect(deliverSignal(deaf.state, 'TERM').effect).toBe('ignored')
  })

  test('exec replaces the shell', () => {
    const { host, clock } = makeWorld()
    const first = go(startShell('trap "echo no" EXIT; exec sleep 10; echo no'), host)
    clock.ms += 10_000
    const end = go(first.state, host)
    expect([textOf(end.output).all, end.status]).toMatchObject(['', { kind: 'done', exitCode: 0 }])
  })
})

describe('a prompt', () => {
  test('keeps variables, functions, the directory and jobs from one line to the next', () => {
    const { host, clock } = makeWorld()
    let state = startShell('', { interactive: true, shellName: 'bash', env: { HOME: '/w' } })
    const line = (source: string) => {
      const result = go(runMore(state, source), host)
      state = result.state
      return [textOf(result.output).all, result.status.kind === 'done' ? result.status.exitCode : result.status]
    }
    expect(line('x=5; f() { echo "f $1 $x"; }; cd; alias k="echo kubectl"')).toEqual(['', 0])
    expect(line('f a; pwd; k get pods')).toEqual(['f a 5\n/w\nkubectl get pods\n', 0])
    expect(line('nosuch')).toEqual(['bash: nosuch: command not found\n', 127])
    expect(line('echo ${y:?oops}; echo never')[1]).toBe(127)
    expect(line('sleep 2 && echo slept &')[0]).toMatch(/^\[1\] \d+\n$/)
    expect(describeShell(state).jobs).toBe(1)
    clock.ms += 2000
    expect(line('echo now')[0]).toContain('slept\n')
    expect(line('exit 3')).toEqual(['', 3])
  })

  test('Ctrl-C ends what runs and not the prompt', () => {
    const { host } = makeWorld()
    const first = go(startShell('while true; do sleep 1; done', { interactive: true, shellName: 'bash' }), host)
    const next = go(runMore(interrupt(first.state), 'echo "rc $?"'), host)
    expect(textOf(next.output).stdout).toBe('rc 130\n')
  })
})

describe('limits', () => {
  test.each([
    ['while true; do :; done', 'steps'],
    ['f() { while :; do f2; done; }; f2() { :; }; f', 'steps'],
    ['x=$(yes)', 'memory'],
    ['yes | sort | head -1', 'memory'],
    ['x=a; while :; do x=$x$x; done', 'memory'],
    ['yes', 'output'],
    ['trap "kill -TERM $$" TERM; kill -TERM $$; sleep 1', 'steps'],
  ])('%s ends as limit', (script, limit) => {
    expect(runScript(script, { pid: 1 }).status).toEqual({ kind: 'limit', limit })
  })

  test.each([
    ':(){ :|:& };:',
    'f(){ f; }; f',
    'f(){ $(f); }; f',
    'f(){ (f); }; f',
    'e(){ eval e; }; e',
    'while true; do sleep 1 & done',
    'echo {1..99}{1..99}{1..99}{1..99}',
  ])('%s ends', (script) => {
    const { host } = makeWorld()
    const result = step(startShell(script, { interactive: true, shellName: 'bash' }), host, { steps: 20_000 })
    expect(['done', 'limit', 'wait']).toContain(result.status.kind)
    expect(JSON.stringify(result.state).length).toBeLessThan(5_000_000)
  })

  test('a limit of steps loses nothing', () => {
    const { host } = makeWorld()
    let state = startShell('for i in 1 2 3 4 5; do x="$x$(echo $i | cat)"; done; echo $x')
    let out = ''
    for (let i = 0; i < 1000; i++) {
      const result = go(state, host, 7)
      state = result.state
      out += textOf(result.output).stdout
      if (result.status.kind === 'done') break
      expect(result.status.kind).toBe('limit')
    }
    expect(out).toBe('12345\n')
  })

  test('any text ends without throwing', () => {
    const piece = fc.constantFrom(
      'echo ',
      '$',
      '${',
      '}',
      '(',
      ')',
      '((',
      '"',
      "'",
      '`',
      '|',
      '&',
      ';',
      '\n',
      '<',
      '>',
      '<<E',
      'E',
      'if ',
      'then ',
      'fi',
      'for i in a;',
      'do ',
      'done',
      'case x in ',
      'esac',
      '*',
      '[',
      ']',
      '[[ ',
      ' ]]',
      '\\',
      'x=',
      'a',
      '1',
      ' ',
      '{',
      '!',
      'sed s/a/b/',
      'awk {print}',
      'jq .',
      'grep ',
      '#',
      '%',
      ':-',
      '$((',
      '))',
      'f()',
      'trap',
      'read x',
      'test ',
      '=',
      '-',
      '~',
      '/',
      'x[0]',
      '@',
      '{a,b}',
      '\u0000',
      'é',
      'printf %s',
      'set -e',
      'eval ',
      '$(',
      'yes|',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const result = runScript(pieces.join(''), { steps: 3000 })
        expect(['done', 'limit', 'wait']).toContain(result.status.kind)
      }),
      { numRuns: 400, seed: 7 },
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (source) => {
        expect(['done', 'limit', 'wait']).toContain(runScript(source, { steps: 3000 }).status.kind)
      }),
      { numRuns: 300, seed: 8 },
    )
  })

  test('a wait costs a handful of steps and a small state, however long the loop has run', () => {
    const { host, clock } = makeWorld()
    let state = startShell('while true; do echo x; sleep 1; done', {
      env: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`V${i}`, `${i}`])),
    })
    const lap = (): { steps: number; bytes: number } => {
      const result = step(state, host, { steps: 1000 })
      state = result.state
      clock.ms += 1000
      return { steps: result.steps, bytes: JSON.stringify(state).length }
    }
    lap()
    const second = lap()
    for (let i = 0; i < 500; i++) lap()
    expect(lap().steps).toBe(second.steps)
    expect(second.steps).toBeLessThan(20)
    expect(lap().bytes).toBeLessThan(second.bytes + 50)
  })
})
