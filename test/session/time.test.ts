/** A session's time: however the host slices it, and whatever it looks at meanwhile, the same inputs lead to the same state. */
import { describe, expect, test } from 'vitest'
import { replayInto } from '../../src/grading/replay.ts'
import { formatJournal, parseJournal } from '../../src/session/journal.ts'
import { Session } from '../../src/session/session.ts'

const newSession = (): Session => new Session({ world: { preset: 'bare', seed: '7' } })

function runSliced(session: Session, text: string, sliceMs: number): void {
  session.begin(text)
  for (let i = 0; session.running && i < 10_000; i++) session.advance(sliceMs, true)
}

describe.each([
  'kubectl wait --for=condition=Available deployment/web --timeout=60s',
  'kubectl rollout status deployment/web --timeout=60s',
  'kubectl delete deployment web && kubectl wait --for=delete pod --all --timeout=90s',
  'kubectl delete pod $(kubectl get pods -o name | head -n 1) --grace-period=1',
  'sleep 3; kubectl get pods; sleep 2',
])('%s', (command) => {
  const prepared = (): Session => {
    const session = newSession()
    session.run('kubectl create deployment web --image=nginx --replicas=2')
    return session
  }

  test('leaves the same state in slices of time as at once', () => {
    const hashes = [1_000_000, 1_000, 37].map((sliceMs) => {
      const session = prepared()
      runSliced(session, command, sliceMs)
      return session.world.stateHash()
    })
    expect(new Set(hashes).size).toBe(1)
  })

  test('and as its journal', () => {
    const session = prepared()
    session.run(command)
    session.run('kubectl get pods')
    session.world.loop.settle()
    const replayed = newSession()
    expect(replayInto(replayed, undefined, parseJournal(formatJournal(session.journal)))).toBeUndefined()
    replayed.advance(session.elapsedMs - replayed.elapsedMs)
    expect(replayed.world.stateHash()).toBe(session.world.stateHash())
  })
})

test('waiting for a condition asks the API once, however often the host looks', () => {
  const session = newSession()
  session.run('kubectl create deployment web --image=nope/nope')
  const before = session.world.server.audit.records().filter((r) => !r.internal).length
  runSliced(session, 'kubectl wait --for=condition=Available deployment/web --timeout=20s', 100)
  expect(session.world.server.audit.records().filter((r) => !r.internal).length - before).toBeLessThan(10)
})
