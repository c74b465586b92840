/** Tools that look at the machine run as a container's own process, too: the first thing a debugging container is asked for. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test.each([
  ['busybox', 'ps', /^ {2}PID USER +TIME +COMMAND\n +1 root +0:00 ps\n$/],
  ['busybox', 'df -h', /^overlay .* \/\n/m],
  ['ubuntu', 'ps ax', / 1 \? +00:00:00 ps\n/],
  ['busybox', 'chroot /host ls', /^chroot: clusterlab: changing the root is not simulated/],
])('%s: %s', (image, words, printed) => {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  session.run(`kubectl run x --image=${image} --restart=Never -- ${words}`)
  session.advance(10_000)
  expect(session.run('kubectl logs x').output).toMatch(printed)
})
