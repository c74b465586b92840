/** memcached: what it keeps, for how long, and how much. */
import { describe, expect, test } from 'vitest'
import { memcached } from '../../src/programs/memcached/index.ts'
import { Session } from '../../src/session/session.ts'
import { FakeWorld } from './fake-world.ts'

function server(...argv: string[]): { world: FakeWorld; say(...lines: string[]): string } {
  const world = new FakeWorld()
  world.start(memcached, 'cache', '10.0.0.2', { argv: ['memcached', ...argv] })
  const say = (...lines: string[]): string => {
    const done = world.dial('10.0.0.9', {
      host: 'cache',
      port: 11_211,
      protocol: 'text',
      payload: lines.map((l) => `${l}\r\n`).join(''),
      timeoutMs: 1000,
    })
    return done.ok ? String(done.reply).replaceAll('\r\n', '|') : done.failure
  }
  return { world, say }
}

describe('memcached', () => {
  test.each([
    ['stores and gives', ['set a 5 0 3', 'one', 'get a b'], 'STORED|VALUE a 5 3|one|END|'],
    [
      'adds only what is not there',
      ['set a 0 0 1', 'x', 'add a 0 0 1', 'y', 'replace b 0 0 1', 'z', 'get a'],
      'STORED|NOT_STORED|NOT_STORED|VALUE a 0 1|x|END|',
    ],
    ['counts', ['set n 0 0 1', '9', 'incr n 3', 'decr n 20', 'incr m 1'], 'STORED|12|0|NOT_FOUND|'],
    [
      'appends and deletes',
      ['set a 0 0 1', 'b', 'append a 0 0 1', 'c', 'prepend a 0 0 1', 'a', 'get a', 'delete a', 'delete a'],
      'STORED|STORED|STORED|VALUE a 0 3|abc|END|DELETED|NOT_FOUND|',
    ],
    ['flushes', ['set a 0 0 1', 'b', 'flush_all', 'get a'], 'STORED|OK|END|'],
    ['knows its version and not everything', ['version', 'dance'], 'VERSION 1.6.39|ERROR|'],
    [
      'compares and sets',
      ['set a 0 0 1', 'b', 'gets a', 'cas a 0 0 1 1', 'c', 'cas a 0 0 1 1', 'd'],
      'STORED|VALUE a 0 1 1|b|END|STORED|EXISTS|',
    ],
    ['refuses what is too large', ['set a 0 0 x', 'get a'], 'CLIENT_ERROR bad command line format|END|'],
  ])('%s', (_, lines, said) => expect(server().say(...lines)).toBe(said))

  test('forgets what has ended', () => {
    const { world, say } = server()
    say('set a 0 10 1', 'x')
    world.pass(9_000)
    expect(say('get a')).toContain('VALUE')
    world.pass(1_500)
    expect(say('get a')).toBe('END|')
  })
  test('lets the least recently used go when it is full', () => {
    const { say } = server('-m', '1')
    const value = 'x'.repeat(300_000)
    for (const key of ['a', 'b', 'c']) say(`set ${key} 0 0 ${value.length}`, value)
    say('get a')
    say(`set d 0 0 ${value.length}`, value)
    expect([say('get b'), say('get a').startsWith('VALUE'), say('stats').includes('STAT evictions 1|')]).toEqual(['END|', true, true])
  })
  test('is spoken to with nc in a cluster, and forgets everything with its process', () => {
    const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
    const said = (command: string): string => session.run(command).output
    said(
      'kubectl run cache --image=memcached:1.6 --port=11211 --expose; kubectl run c --image=busybox --command -- sleep 36000; kubectl wait pod cache c --for=condition=Ready',
    )
    expect(said('kubectl exec c -- sh -c "printf \'set a 0 0 3\\r\\none\\r\\nget a\\r\\n\' | nc cache 11211"').replaceAll('\r', '')).toBe(
      'STORED\nVALUE a 0 3\none\nEND\n',
    )
    said(
      'kubectl delete pod cache --now; kubectl run cache --image=memcached:1.6 --port=11211; kubectl wait pod cache --for=condition=Ready',
    )
    expect(said('kubectl exec c -- sh -c "printf \'get a\\r\\n\' | nc cache 11211"').replaceAll('\r', '')).toBe('END\n')
  })
})
