/** kubectl cp through the container's own tar, and tar itself: what arrives, and what the real ones say where nothing can. */
import { beforeEach, describe, expect, test } from 'vitest'
import { readArchive, writeArchive } from '../../src/script/archive.ts'
import { Session } from '../../src/session/session.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  session.write(
    'box.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  containers:
  - {name: a, image: "busybox:1.36", command: [sleep, "3600"]}
  - {name: none, image: "hashicorp/http-echo:1.0", args: ["-text=x"]}
  - {name: user, image: "busybox:1.36", command: [sleep, "3600"], securityContext: {runAsUser: 1000}}
  - {name: deb, image: "debian:12", command: [sleep, "3600"]}
`,
  )
  run('kubectl apply -f box.yaml')
  session.advance(20_000)
  run('mkdir -p d/e; echo one > d/1; echo two > d/e/2')
})

describe('kubectl cp', () => {
  test.each([
    ['a file under another name', 'kubectl cp d/1 box:/tmp/x -c a', 'cat /tmp/x', 'one\n'],
    ['a file into a folder', 'kubectl cp d/1 lab/box:/tmp -c a', 'cat /tmp/1', 'one\n'],
    ['a folder with what is below it', 'kubectl cp d box:/srv -c a', 'cat /srv/d/e/2', 'two\n'],
    ['to where the container works', 'kubectl cp d/1 box:x -c a', 'cat x', 'one\n'],
  ])('%s', (_name, copy, look, text) => {
    expect(run(copy)).toBe('')
    expect(run(`kubectl exec box -c a -- ${look}`)).toBe(text)
  })
  test('and back', () => {
    run('kubectl cp d box:/srv -c a')
    expect(run('kubectl cp box:/srv/d back -c a')).toBe("tar: removing leading '/' from member names\n")
    expect(run('cat back/1 back/e/2')).toBe('one\ntwo\n')
    expect(run('kubectl cp box:/srv/d/1 here -c a; cat here')).toContain('one\n')
  })
  test('modes go with the files, unless they are not to be preserved', () => {
    run('chmod 775 d/1')
    run('kubectl cp d/1 box:/tmp/a -c a; kubectl cp --no-preserve d/1 box:/tmp/b -c a')
    expect(run('kubectl exec box -c a -- stat -c %a /tmp/a /tmp/b')).toBe('775\n755\n')
  })
  test('bytes that are no text', () => {
    run(String.raw`printf 'a\377\200z' > bin`)
    run('kubectl cp bin box:/tmp/bin -c a; kubectl cp box:/tmp/bin bin2 -c a')
    expect(run('cmp bin bin2 2>/dev/null || sha256sum bin bin2 | cut -c1-64 | uniq | wc -l').trim()).toMatch(/^1?$/)
  })
  test.each([
    ['without tar there is no copying', 'kubectl cp d/1 box:/x -c none', 'exec: "tar": executable file not found in $PATH'],
    [
      'a folder that is missing',
      'kubectl cp d/1 box:/no/dir/x -c a',
      "tar: can't change directory to '/no/dir': No such file or directory\ncommand terminated with exit code 1",
    ],
    ['a user who may not', 'kubectl cp d/1 box:/x -c user', "tar: can't open 'x': Permission denied\ncommand terminated with exit code 1"],
    [
      'nothing there',
      'kubectl cp box:/none z -c a',
      'tar: /none: No such file or directory\ntar: error exit delayed from previous errors\ncommand terminated with exit code 1',
    ],
    ['nothing here', 'kubectl cp none box:/z', "error: none doesn't exist in local filesystem"],
    ['two pods', 'kubectl cp box:/a box:/b', 'error: one of src or dest must be a local file specification'],
    ['no pod', 'kubectl cp a b', 'error: one of src or dest must be a remote file specification'],
    ['one argument', 'kubectl cp a', 'error: source and destination are required'],
  ])('%s', (_name, command, says) => expect(run(command)).toContain(says))
})

describe('tar', () => {
  test('in a container, and at the prompt in GNU’s words', () => {
    expect(
      run(
        "kubectl exec box -c a -- sh -c 'mkdir -p /s/t; echo x > /s/t/u; tar cf /a.tar -C /s t; mkdir /o; tar xf /a.tar -C /o; cat /o/t/u'",
      ),
    ).toBe('x\n')
    expect(run('tar cvf all.tar d; tar tf all.tar')).toBe('d/\nd/1\nd/e/\nd/e/2\nd/\nd/1\nd/e/\nd/e/2\n')
    expect(run('tar cf x.tar none 2>&1')).toBe(
      'tar: none: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n',
    )
    expect(run('tar czf x.tgz d; tar tzf x.tgz')).toBe('d/\nd/1\nd/e/\nd/e/2\n')
    expect(run('echo no > bad.tar; tar tf bad.tar')).toBe('')
  })
  test('an archive holds names, modes, links and long paths', () => {
    const long = `${'a'.repeat(90)}/${'b'.repeat(90)}`
    const entries = [
      { name: 'd', kind: 'directory', mode: 0o755, mtimeMs: 5_000 },
      { name: long, kind: 'file', mode: 0o640, mtimeMs: 7_000, text: 'x'.repeat(600) },
      { name: 'l', kind: 'symlink', mode: 0o777, mtimeMs: 0, target: 'd' },
    ] as const
    const bytes = writeArchive(entries)
    expect(bytes.length % 512).toBe(0)
    expect(readArchive(bytes)).toEqual(entries)
    bytes[3] = 65
    expect(() => readArchive(bytes)).toThrow('invalid tar header checksum')
  })
})
