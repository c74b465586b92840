/** Signals of a container whose script ended in `exec`: they are those of the program that took the shell's place. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test.each([
  ['exec redis-server', false],
  ['redis-server; true', true],
])('%s', (script, isKilledAfterTheGrace) => {
  const session = new Session({ world: { preset: 'default' } })
  session.run(`kubectl run p --image=redis:7 --restart=Never --command -- sh -c '${script}'`)
  session.world.advance(20_000)
  session.run('kubectl delete pod p --wait=false')
  session.world.advance(5_000)
  expect(session.run('kubectl get pod p').output.includes('Terminating')).toBe(isKilledAfterTheGrace)
})
