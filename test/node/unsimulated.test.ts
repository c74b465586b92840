/** Images that nobody simulates: they exist, pull and idle, and the pod says so wherever a learner looks. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('describe says that what an image does is not simulated; a name that is no image is refused', () => {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  for (const image of ['haproxy', 'acme/shop:3', 'nginx', 'caady']) session.run(`kubectl run ${image.replace(/\W/g, '-')} --image=${image}`)
  session.advance(60_000)
  const told = (pod: string): string => session.run(`kubectl describe pod ${pod}`).output
  expect(told('haproxy')).toMatch(/Normal +NotSimulated .*clusterlab: the behaviour of image "haproxy" is not simulated/)
  expect(told('acme-shop-3')).toContain('NotSimulated')
  expect(told('nginx')).not.toContain('NotSimulated')
  expect(told('caady')).toContain('pull access denied')
  expect(session.run('kubectl get pod haproxy acme-shop-3 --no-headers').output.match(/1\/1 +Running/g)).toHaveLength(2)
})
