/** `kubectl run -i`, `run -it --rm` and `attach`: what is typed reaches the container's own process, which lives as long as its input. */
import { describe, expect, test } from 'vitest'
import { replayInto } from '../../src/grading/replay.ts'
import { Session } from '../../src/session/session.ts'

// `bare` runs every image by its stand-in; a busybox that is one needs the default cluster.
const sit = (person: boolean): Session => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  session.canEdit = person
  return session
}
const shown = (session: Session): string =>
  session
    .take()
    .map((c) => c.text)
    .join('')
describe('in a pipe', () => {
  test.each<[what: string, command: string, output: RegExp, exitCode: number]>([
    ['cat gives back what it gets', 'echo hello | kubectl run c -i --rm --quiet --image=busybox --restart=Never -- cat', /^hello\n/, 0],
    ['a shell takes it for a script', 'printf "hostname\\nexit 3\\n" | kubectl run t -i --image=busybox --restart=Never -- sh', /\nt\n/, 3],
    [
      'how it ended is told',
      'echo "exit 3" | kubectl run t -i --image=busybox --restart=Never -- sh',
      /error: pod lab\/t terminated \(Error\)/,
      3,
    ],
  ])('%s', (_what, command, output, exitCode) => {
    const found = sit(false).run(command)
    expect(found.output).toMatch(output)
    expect(found.exitCode).toBe(exitCode)
  })
})

describe('at a terminal', () => {
  const typed = (session: Session, line: string | null): string => {
    session.input(line)
    session.advance(2_000)
    return shown(session)
  }

  test('a shell of the pod’s own prompts, answers, and takes the pod with it', () => {
    const session = sit(true)
    session.begin('kubectl run -it t --image=busybox --rm -- sh')
    session.advance(8_000)
    expect(shown(session)).toMatch(/try pressing enter\.\n\/ # $/)
    expect(typed(session, 'hostname\n')).toBe('t\n/ # ')
    expect(typed(session, 'sleep 60\n')).toBe('')
    expect(session.running).toBe(true)
    session.interrupt()
    session.advance(1_000)
    expect(typed(session, 'exit\n')).toMatch(/Session ended, resume using 'kubectl attach t -c t -i -t' command when the pod is running\n/)
    session.advance(35_000)
    expect(session.running).toBe(false)
    expect(session.world.cluster.read.get('pods', 'lab', 't')).toBeUndefined()
  })

  test('a journal replays to the same state', () => {
    const session = sit(true)
    session.begin('kubectl run -it t --image=busybox --restart=Never -- sh')
    session.advance(8_000)
    typed(session, 'echo a > /tmp/a\n')
    typed(session, 'exit\n')
    session.advance(2_000)
    const again = sit(false)
    expect(replayInto(again, undefined, session.journal)).toBeUndefined()
    again.advance(session.elapsedMs - again.elapsedMs)
    expect(again.world.stateHash()).toBe(session.world.stateHash())
  })
})
