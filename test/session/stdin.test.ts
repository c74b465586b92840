/** Standard input at a person's terminal: `read`, `cat`, `kubectl apply -f -`, `kubectl exec -it`; journalled, replayed to the same state; a script has none. */
import { expect, test } from 'vitest'
import { replayInto } from '../../src/grading/replay.ts'
import { Session } from '../../src/session/session.ts'

const seat = (): Session => {
  const session = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  session.canEdit = true
  return session
}
const shown = (session: Session): string =>
  session
    .take()
    .map((c) => c.text)
    .join('')
const enter = (session: Session, text: string): void => {
  session.begin(text)
  session.advance(500)
}

test('read takes a line', () => {
  const session = seat()
  enter(session, 'read name; echo "hello $name"')
  expect(session.asking).toBe(true)
  session.input('Menchu\n')
  session.advance(500)
  expect(session.running).toBe(false)
  expect(shown(session)).toBe('hello Menchu\n')
})

test('apply -f - reads until the end of input', () => {
  const session = seat()
  enter(session, 'kubectl apply -f -')
  for (const line of ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: typed}']) session.input(`${line}\n`)
  session.input(null)
  session.advance(1_000)
  expect(shown(session)).toContain('configmap/typed created')
  enter(session, 'read again; echo "$again"')
  session.input('the terminal is open again\n')
  session.advance(500)
  expect(shown(session)).toBe('the terminal is open again\n')
})

test('exec -it: a shell in the container, until exit', () => {
  const session = seat()
  session.run('kubectl run box --image=busybox -- sleep 3600')
  session.advance(5_000)
  session.take()
  enter(session, 'kubectl exec -it box -- sh')
  expect(session.asking).toBe(true)
  session.input('echo from inside > /tmp/note; cat /tmp/note\n')
  session.advance(500)
  expect(shown(session)).toContain('from inside')
  session.input('exit 3\n')
  session.advance(1_000)
  expect(session.running).toBe(false)
  expect(session.exitCode).toBe(3)
})

test('a journal with typed input replays to the same state', () => {
  const live = seat()
  enter(live, 'read a; kubectl create configmap "$a" --from-literal=x=y')
  live.advance(3_300)
  live.input('typed\n')
  live.advance(2_000)
  const again = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  expect(replayInto(again, undefined, live.journal)).toBeUndefined()
  again.advance(live.elapsedMs - again.elapsedMs)
  expect(again.world.stateHash()).toBe(live.world.stateHash())
})

test('a script has nothing to say: read sees the end of input, exec -it ends', () => {
  const session = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  expect(session.run('read x || echo nothing').output).toBe('nothing\n')
  session.run('kubectl run box --image=busybox -- sleep 3600')
  session.advance(5_000)
  expect(session.run('kubectl exec -it box -- sh').limit).toBeUndefined()
})
