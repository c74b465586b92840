/** kubectl debug: an ephemeral container runs beside the others, in the pod's network, and ends with the pod. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('a debug container reaches the pod it stands in', () => {
  const session = new Session({ world: { preset: 'default' } })
  session.run('kubectl run web --image=nginx:1.29; kubectl wait --for=condition=Ready pod/web')
  const made = session.run(
    "kubectl debug web --image=busybox:1.37 --container=look -- sh -c 'wget -qO- http://localhost | head -4; sleep 600'",
  )
  expect(made.exitCode).toBe(0)
  session.advance(15_000)
  expect(session.run('kubectl logs web -c look').output).toMatch(/Welcome to nginx/)
  expect(session.run("kubectl get pod web -o jsonpath='{.status.ephemeralContainerStatuses[0].state}'").output).toMatch(/running/)
  session.run('kubectl delete pod web')
  session.advance(40_000)
  expect(session.run('kubectl get pod web').output).toMatch(/not found/)
})
