/** `docs/authoring.md` and `docs/grading.md` walked with the program itself, from nothing to a graded class; exit codes; what a class of trouble does to it. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GradingReport } from '../../src/grading/reports/report.ts'
import { run } from '../cli/program.ts'

const root = mkdtempSync(join(tmpdir(), 'clusterlab-walk-'))
const at = (...parts: string[]): string => join(root, ...parts)
const level = at('my-course', 'selector')
const grade = (paths: readonly string[], ...more: string[]): ReturnType<typeof run> => run(['grade', level, ...paths, ...more])
const write = (path: string, text: string): void => {
  mkdirSync(join(at(path), '..'), { recursive: true })
  writeFileSync(at(path), text)
}
const SOLVED = `kubectl patch service shop -p '{"spec":{"selector":{"app":"shop"}}}'\n`
const noTrace = (text: string): void => expect(text).not.toMatch(/\n\s+at .*:\d+:\d+|node_modules|\/src\/|dist\/chunk/)

beforeAll(() => {
  expect(run(['level', 'new', level, '--title', 'The shop is shut']).code).toBe(0)
}, 120_000)

test('level new → lint → test', () => {
  expect(run(['level', 'lint', level])).toMatchObject({ code: 0 })
  const proof = run(['level', 'test', level, '--mutants'])
  expect(proof.stdout).toMatch(/all proofs hold/)
  expect(proof.code).toBe(0)
})

test('the copy to give away holds no answers and no hidden checks, and is the same level', () => {
  write('mine/selector/hidden.yaml', 'checks:\n  - {id: tidy, title: Tidy, points: 1, state: {kind: ConfigMap, name: left, count: 0}}\n')
  for (const path of readdirSync(level)) execFileSync('cp', ['-r', join(level, path), at('mine', 'selector')])
  expect(run(['level', 'handout', at('mine', 'selector'), at('given', 'selector')]).code).toBe(0)
  const given = readdirSync(at('given', 'selector'))
  expect(given).toContain('level.yaml')
  expect(given.filter((f) => /^(solutions|wrong|hidden\.yaml|mutants\.yaml)$/.test(f))).toEqual([])
  expect(run(['level', 'handout', level, at('given', 'selector')])).toMatchObject({ code: 3 })
  write('tidy.sh', SOLVED)
  const { results, levelHash } = JSON.parse(
    run(['grade', at('mine', 'selector'), at('tidy.sh'), '--format', 'json']).stdout,
  ) as GradingReport
  expect(results[0]!.checks.at(-1)).toMatchObject({ id: 'tidy', hidden: true })
  const own = JSON.parse(run(['grade', at('given', 'selector'), at('tidy.sh'), '--format', 'json']).stdout) as GradingReport
  expect(own.levelHash).toBe(levelHash)
  expect(own.results[0]!.checks.map((c) => c.id)).not.toContain('tidy')
})

test('its schema is a JSON Schema', () => {
  const { stdout } = run(['level', 'schema'])
  expect(JSON.parse(stdout)).toMatchObject({ type: 'object', properties: { apiVersion: {}, kind: {}, metadata: {}, spec: {} } })
})

test('a slip of the finger is told with file, line, column and the right key', () => {
  mkdirSync(at('bad'), { recursive: true })
  execFileSync('cp', ['-r', level, at('bad', 'selector')])
  const file = at('bad', 'selector', 'level.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('difficulty', 'dificulty'))
  const { code, stderr } = run(['level', 'lint', at('bad', 'selector')])
  expect(code).toBe(3)
  expect(stderr).toMatch(/selector\/level\.yaml:9:3: unknown key "dificulty"; did you mean "difficulty"\?/)
  expect(run(['grade', at('bad', 'selector'), at('bad')]).code).toBe(3)
})

describe('a class', () => {
  beforeAll(() => {
    write('class/alice/solution.sh', SOLVED)
    write('class/bob/solution.sh', 'true\n')
    write(
      'class/carol/service.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec: {selector: {app: shop}, ports: [{port: 80, targetPort: 80}]}\n',
    )
    const ask = [
      ['session.start', { level }],
      ['session.run', { command: SOLVED.trim() }],
      ['session.check', {}],
      ['session.journal', {}],
    ].map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const answers = run(['rpc'], { input: `${ask.join('\n')}\n` })
      .stdout.trim()
      .split('\n')
    write('class/dave/played.jsonl', (JSON.parse(answers.at(-1)!) as { result: { text: string } }).result.text)
  }, 120_000)

  test('is graded: scripts, manifests, journals; the same bytes for one job and two', () => {
    const one = grade([at('class')], '--format', 'json', '--jobs', '1')
    const two = grade([at('class')], '--format', 'json', '--jobs', '2')
    expect(one.code).toBe(1)
    expect(two.stdout).toBe(one.stdout)
    const { results } = JSON.parse(one.stdout) as GradingReport
    expect(results.map((r) => [r.submission.replace(`${root}/class/`, ''), r.passed, r.score])).toEqual([
      ['alice', true, 5],
      ['bob', false, 0],
      ['carol', true, 5],
      ['dave', true, 5],
    ])
  })

  test('what a journal claims of its score is not believed; one of another level is refused', () => {
    const journal = readFileSync(at('class/dave/played.jsonl'), 'utf8')
    const [head, ...records] = journal.trim().split('\n')
    const lines = (header: object, body: readonly object[]): string => `${[header, ...body].map((l) => JSON.stringify(l)).join('\n')}\n`
    const header = JSON.parse(head!) as Record<string, unknown>
    expect(records.length).toBeGreaterThan(0)
    write(
      'forged/score.jsonl',
      lines({ ...header, score: 100, passed: true }, [{ type: 'end', at: 0, stateHash: 'sha256:00', score: 5, passed: true }]),
    )
    write('forged/level.jsonl', lines({ ...header, level: 'other/level' }, []))
    write('forged/hash.jsonl', lines({ ...header, levelHash: 'sha256:00' }, []))
    write('forged/fault.jsonl', lines(header, [{ type: 'fault', at: 0, kind: 'crash', target: { node: 'node-a' } }]))
    for (const [name, atMs] of [
      ['huge', 1e308],
      ['negative', -1],
      ['year', 3e10],
    ] as const)
      write(`forged/${name}.jsonl`, lines(header, [{ type: 'input', at: atMs, text: 'true' }]))
    write('forged/nan.jsonl', `${JSON.stringify(header)}\n{"type":"input","at":NaN,"text":"true"}\n{"type":"check","at":0}\n`)
    write('forged/infinite.jsonl', `${JSON.stringify(header)}\n{"type":"input","at":1e999,"text":"true"}\n{"type":"check","at":0}\n`)
    write('forged/many.jsonl', `${JSON.stringify(header)}\n${'{"type":"check","at":0}\n'.repeat(300_000)}`)
    write('forged/checks.jsonl', `${JSON.stringify(header)}\n${'{"type":"check","at":0}\n'.repeat(2_000)}`)
    write(
      'forged/deep.jsonl',
      `${JSON.stringify(header)}\n{"type":"fault","at":0,"kind":"x","target":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}\n`,
    )
    write('forged/proto.jsonl', `${JSON.stringify(header)}\n{"type":"answer","at":0,"id":"__proto__","value":"x"}\n`)
    const names = readdirSync(at('forged')).sort()
    const { code, stdout, stderr } = grade(
      names.map((n) => at('forged', n)),
      '--format',
      'json',
    )
    expect(code).toBe(3)
    noTrace(stdout + stderr)
    const { results } = JSON.parse(stdout) as GradingReport
    expect(results.map((r) => [r.submission.replace(`${root}/forged/`, ''), r.status, r.passed, r.score])).toEqual(
      names.map((n) => [
        n,
        ['score.jsonl', 'checks.jsonl', 'proto.jsonl'].includes(n) ? 'graded' : expect.stringMatching(/error|limit/),
        false,
        0,
      ]),
    )
    for (const r of results) if (r.status !== 'graded') expect(r.message, r.submission).toBeTruthy()
  }, 180_000)

  test.each([
    [['class/alice'], 0],
    [['class/alice', 'class/bob'], 1],
    [['class/alice', 'class/nobody'], 3],
    [['class/bob', 'class/nobody'], 3],
  ])('exit code of %j is %i', (paths, code) => expect(grade(paths.map((p) => at(p))).code).toBe(code))

  test.each([
    [['--format', 'xml'], /unknown format "xml"/],
    [['--jobs', '0'], /--jobs/],
    [['--format', 'gradescope'], /takes one submission at a time/],
  ])('usage comes before everything else: %j', (more, message) => {
    const { code, stderr } = grade([at('class'), at('nowhere')], ...more)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
  test('an unknown level is a matter of usage', () => expect(run(['grade', 'no/such-level', at('class')]).code).toBe(2))
  test('a report that cannot be written is told', () => {
    const { code, stderr } = grade([at('class/alice')], '--out', at('nowhere', 'x.json'))
    expect(code).toBe(3)
    noTrace(stderr)
  })

  test('the formats for platforms come from the program as well', () => {
    for (const format of ['junit', 'tap', 'csv', 'markdown', 'html'])
      expect(grade([at('class')], '--format', format).stdout.length, format).toBeGreaterThan(100)
  })
  test('with a roster each has a seed of their own, and who is not on it is told', () => {
    write('roster.csv', 'alice\nbob\n')
    write('course.key', 'secret\n')
    const { code, stdout } = grade([at('class')], '--format', 'json', '--roster', at('roster.csv'), '--key', at('course.key'))
    const { results } = JSON.parse(stdout) as GradingReport
    expect(code).toBe(3)
    expect(results.map((r) => r.status)).toEqual(['graded', 'graded', 'error', 'error'])
    expect(stdout).not.toContain('secret')
  })
})

describe('folders that mean harm', () => {
  const HOSTILE_TITLE = '\u001b]0;owned\u0007\u001b[2J\u202e'
  beforeAll(() => {
    const link = (path: string, target: string): void => {
      mkdirSync(join(at(path), '..'), { recursive: true })
      symlinkSync(target, at(path))
    }
    link('harm/link.sh', '/etc/passwd')
    link('harm/folder-link', '/etc')
    link('harm/inside/a.yaml', '/etc/passwd')
    mkdirSync(at('harm/pipe'))
    execFileSync('mkfifo', [at('harm/pipe/solution.sh'), at('harm/fifo.sh')])
    write('harm/huge/solution.sh', `# ${'a'.repeat(300_000)}\n`)
    for (let i = 0; i < 101; i++) write(`harm/crowd/${i}.yaml`, 'a: 1\n')
    write('harm/deep/1/2/3/4/5/6/7/8/9/10/a.yaml', 'a: 1\n')
    write('harm/empty/readme.txt', 'nothing\n')
    write('harm/secret/solution.sh', 'true\n')
    chmodSync(at('harm/secret'), 0o755)
    write(`harm/${HOSTILE_TITLE}name.sh`, `echo '${HOSTILE_TITLE}'\nkubectl create configmap 'x${HOSTILE_TITLE}'\n`)
    write(
      'harm/out.sh',
      'echo x > /etc/clusterlab-was-here; cat /etc/shadow /proc/self/environ; rm -rf /; node -e 1; cat ../../../../etc/passwd\n',
    )
    write('harm/bytes.sh', '\u0000\u0001\ufffd`$(\n')
  })
  test('each is refused by itself, with a reason; nothing of the host is read, nothing hangs', () => {
    const paths = readdirSync(at('harm')).map((n) => at('harm', n))
    const begin = Date.now()
    const { code, stdout, stderr } = grade(paths, '--format', 'text')
    expect(code).toBe(3)
    expect(stdout).not.toMatch(/root:.*:0:0|[\u001b\u202e\u0007]/)
    noTrace(stdout + stderr)
    for (const reason of [
      'only regular files are read',
      'larger than 256000 bytes',
      'more than 100 files',
      'nested deeper than 8',
      'a submission is a journal',
    ])
      expect(stdout, reason).toMatch(new RegExp(reason))
    expect(() => readFileSync('/etc/clusterlab-was-here')).toThrow()
    expect(Date.now() - begin).toBeLessThan(60_000)
  })
  test('a level folder with a link, a pipe or too much is refused', () => {
    for (const [name, act] of [
      ['linked', (f: string) => symlinkSync('/etc/passwd', join(f, 'start', 'x.yaml'))],
      ['piped', (f: string) => void execFileSync('mkfifo', [join(f, 'x.yaml')])],
      ['heavy', (f: string) => writeFileSync(join(f, 'x.yaml'), 'a'.repeat(256_001))],
    ] as const) {
      execFileSync('mkdir', ['-p', at(name)])
      execFileSync('cp', ['-r', level, at(name, 'selector')])
      act(at(name, 'selector'))
      const { code, stderr } = run(['level', 'test', at(name, 'selector')])
      expect([name, code]).toEqual([name, 3])
      noTrace(stderr)
    }
  })
  test('terminal escapes in a level’s own texts are refused', () => {
    for (const [name, from, to] of [
      ['level.yaml', 'title: The shop answers by its name', 'title: "\\e[2J\\u202eloud"'],
      ['level.yaml', 'title: "The shop is shut"', 'title: "\\e]0;owned\\a"'],
      ['es.yaml', 'title: "The shop is shut"', 'title: "\u202elatop"'],
    ] as const) {
      const folder = mkdtempSync(join(root, 'loud-'))
      execFileSync('cp', ['-r', level, folder])
      const file = join(folder, 'selector', name)
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace(from, to))
      expect(readFileSync(file, 'utf8')).not.toBe(text)
      for (const args of [
        ['grade', join(folder, 'selector'), at('class/bob')],
        ['level', 'lint', join(folder, 'selector')],
        ['sh', join(folder, 'selector')],
      ]) {
        const { code, stdout, stderr } = run(args, { input: 'brief\n' })
        expect(code, args.join(' ')).toBe(3)
        expect(stdout + stderr).toMatch(/control characters/)
        expect(stdout + stderr).not.toMatch(/[\u001b\u202e\u0007]/)
      }
    }
  })
})
