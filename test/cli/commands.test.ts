/** The command line: what each command answers, and the code it ends with. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LEVEL, newHome, program, run } from './program.ts'

beforeAll(() => void program(), 120_000)

const FIX = `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'`
const TRACE = /\n\s+at .*\(|node:internal/

describe('exit codes', () => {
  test.each<[string, string[], number, RegExp]>([
    ['help', ['--help'], 0, /Usage: clusterlab/],
    ['help of a command', ['sh', '--help'], 0, /Usage: clusterlab sh/],
    ['version', ['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    ['no such command', ['plya'], 2, /unknown command 'plya'[\s\S]*play/],
    ['no such option', ['levels', '--jsn'], 2, /unknown option '--jsn'[\s\S]*--json/],
    ['no such level', ['play', 'services/wordpres-reachable'], 2, /did you mean "services\/wordpress-reachable"/],
    ['a level missing', ['play'], 2, /missing required argument 'level'/],
    ['a language it does not speak', ['levels', '--lang', 'xx'], 2, /Allowed choices are en, es/],
    ['submit without --out', ['submit', LEVEL], 2, /--out/],
    ['nothing to submit', ['submit', LEVEL, '--out', '/tmp/never.jsonl'], 3, /no attempt/],
    ['a journal that is not there', ['replay', '/nonexistent.jsonl'], 3, /no such file/],
    ['a journal that is none', ['replay', join(LEVEL, 'level.yaml')], 3, /not JSON/],
    ['the game without a terminal', ['play', LEVEL], 2, /needs a terminal/],
    ['no such preset', ['sandbox', '--preset', 'huge'], 2, /default, bare/],
    ['no such script', ['sh', LEVEL, '/nonexistent.sh'], 3, /no such file/],
  ])('%s', (_name, args, code, says) => {
    const ran = run(args)
    expect(`${ran.stdout}${ran.stderr}`).toMatch(says)
    expect(ran.code).toBe(code)
    expect(ran.stderr).not.toMatch(TRACE)
  })
})

describe('sh', () => {
  test.each<[string, string, number, RegExp]>([
    ['the last command counts', 'false; true', 0, /^$/],
    ['a failed command', 'kubectl get pod nothing', 1, /NotFound/],
    ['output as it comes', `echo out; echo err >&2; kubectl get svc -o name`, 0, /^out\nservice\/web\n$/],
    ['a script of several lines', 'f() {\n  echo "<$1>"\n}\nfor i in 1 2; do f $i; done\ncat <<E\nend\nE\n', 0, /^<1>\n<2>\nend\n$/],
    ['time passes where it waits', 'sleep 3600; kubectl get pods --no-headers | wc -l', 0, /^2\n$/],
    ['a level solved', `${FIX}; sleep 3; answer color b; check`, 0, /Every goal holds/],
    ['an editor cannot be shown', 'EDITOR=vi kubectl edit svc web', 1, /cancelled|no changes|error/i],
  ])('%s', (_name, script, code, says) => {
    const ran = run(['sh', LEVEL], { input: script })
    expect(ran.code, ran.stderr).toBe(code)
    expect(code === 0 ? ran.stdout : ran.stdout + ran.stderr).toMatch(says)
  })

  test('a command that never ends runs into a limit', () => {
    const ran = run(['sh', LEVEL], { input: 'kubectl get pods -w' })
    expect(ran.code).toBe(3)
    expect(ran.stderr).toMatch(/limit reached/)
  })

  test('X is a script where it is no level', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clusterlab-')), 'x.sh')
    writeFileSync(file, 'kubectl get nodes -o name')
    expect(run(['sh', '--preset', 'bare', file])).toMatchObject({
      code: 0,
      stdout: 'node/control-plane\nnode/node-a\nnode/node-b\nnode/node-c\n',
    })
  })

  test('a script leaves no save', () => {
    const home = newHome()
    run(['sh', LEVEL], { input: FIX, home })
    expect(readdirSync(home)).toEqual([])
  })
})

describe('bad levels end with 3, file and line', () => {
  const folder = (text: string): string => {
    const at = mkdtempSync(join(tmpdir(), 'clusterlab-level-'))
    writeFileSync(join(at, 'level.yaml'), text)
    return at
  }
  const level = readFileSync(join(LEVEL, 'level.yaml'), 'utf8')

  test.each<[string, () => string, RegExp]>([
    ['an unknown key', () => folder(level.replace('difficulty: 1', 'difficulti: 1')), /level\.yaml:8:\d+: .*difficult/],
    ['broken YAML', () => folder('a: [1,\nb: }'), /level\.yaml:1:4: a \[ is never closed/],
    ['an empty file', () => folder(''), /level\.yaml/],
    ['a binary file', () => folder('\u0000\u0001\u0002'), /level\.yaml/],
    [
      'a link',
      () => {
        const at = folder(level)
        mkdirSync(join(at, 'start'))
        symlinkSync('/etc/passwd', join(at, 'start', 'a.yaml'))
        return at
      },
      /regular files/,
    ],
    [
      'a huge file',
      () => {
        const at = folder(level)
        writeFileSync(join(at, 'big.txt'), 'x'.repeat(300_000))
        return at
      },
      /larger than 256000 bytes/,
    ],
  ])('%s', (_name, make, says) => {
    const ran = run(['sh', make()], { input: 'true' })
    expect(ran.stderr).toMatch(says)
    expect(ran.code).toBe(3)
    expect(ran.stderr).not.toMatch(TRACE)
  })
})

describe('languages', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['--lang', ['levels', '--lang', 'es'], {}, /Los Services/],
    ['LANG', ['levels'], { LANG: 'es_ES.UTF-8' }, /Los Services/],
    ['LC_ALL before LANG', ['levels'], { LANG: 'es_ES.UTF-8', LC_ALL: 'en_GB.UTF-8' }, /Services and/],
    ['machine formats speak English', ['levels', '--json'], { LANG: 'es_ES.UTF-8' }, /Make WordPress reachable/],
    ['unless asked otherwise', ['levels', '--json', '--lang', 'es'], {}, /WordPress/],
    ['help', ['--help', '--lang=es'], {}, /Un laboratorio/],
  ])('%s', (_name, args, env, says) => {
    const ran = run(args, { env })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(says)
  })
})

test('levels --json is JSON with a schema', () => {
  const { stdout } = run(['levels', '--json'])
  const { schema, levels } = JSON.parse(stdout) as { schema: string; levels: { id: string; course: string; maxScore: number }[] }
  expect(schema).toBe('clusterlab/levels/v1')
  expect(levels.find((l) => l.id === 'services/wordpress-reachable')).toMatchObject({ course: 'services', maxScore: 10, state: 'new' })
})

test('rpc answers, and ends with its input', () => {
  const ran = run(['rpc'], {
    input:
      '{"jsonrpc":"2.0","id":1,"method":"session.start","params":{"cluster":"bare"}}\n{"jsonrpc":"2.0","id":2,"method":"session.run","params":{"command":"kubectl get ns -o name"}}\n',
  })
  expect(ran.code).toBe(0)
  expect(JSON.parse(ran.stdout.split('\n')[1]!)).toMatchObject({
    id: 2,
    result: { exitCode: 0, output: expect.stringContaining('namespace/default') },
  })
})

test('rpc without a level is a sandbox, and says what is wrong with a call', () => {
  const calls: [method: string, params?: unknown][] = [
    ['session.run', { command: 'true' }],
    ['session.start', { cluster: 'big' }],
    ['session.start', { cluster: 'default', namespace: 'lab' }],
    ['session.run', { command: 'ssh node-a hostname; fault crash node/node-b; sleep 60; kubectl get node node-b --no-headers' }],
    ['session.wait', { seconds: '5' }],
    ['session.fault', { node: 'node-a', kind: 'tickle' }],
    ['session.fault', { node: 'nobody', kind: 'crash' }],
    ['session.read', { path: 'none.yaml' }],
    ['session.check'],
    ['session.nothing'],
    ['session.wait', [5]],
  ]
  const input = calls.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params })).join('\n')
  const ran = run(['rpc'], { input: `${input}\n{"jsonrpc":"2.0","method":"session.wait","params":{"seconds":1}}\nno json\n` })
  expect(ran.stderr).toBe('')
  const answers = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(answers.map((a) => a.error?.message ?? a.result)).toEqual([
    'no session: call session.start first',
    'cluster: one of default, bare, gateway, istio is needed',
    {},
    { output: expect.stringMatching(/^node-a\n[\s\S]*node-b +NotReady/), exitCode: 0 },
    'seconds: a number from 0 to 31622400 is needed',
    expect.stringContaining('tickle'),
    expect.stringContaining('nobody'),
    expect.stringContaining('No such file or directory'),
    'this session has no level, so there is nothing to check',
    'no method session.nothing',
    'a request is an object with a method, and params by name',
    'this line is not JSON',
  ])
})
