/** Tomcat and the JVM it runs on: the heap against the limit, threads that wait, applications. */
import { describe, expect, test } from 'vitest'
import { maxHeapBytes } from '../../src/programs/jvm/heap.ts'
import { jcmd, tomcat } from '../../src/programs/tomcat/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

const MB = 1024 * 1024
const HOME = '/usr/local/tomcat'

describe('the heap that a JVM gives itself', () => {
  test.each([
    ['a quarter of the limit', [], 2048 * MB, 512 * MB],
    ['a half of a small limit', [], 200 * MB, 100 * MB],
    ['never less than the default between', [], 400 * MB, Math.floor(124.8 * MB)],
    ['-Xmx, whatever the limit', ['-Xmx2g'], 512 * MB, 2048 * MB],
    ['a share, when told', ['-XX:MaxRAMPercentage=75.0'], 1024 * MB, 768 * MB],
    ['the last of two', ['-Xmx1g', '-Xmx64m'], 1024 * MB, 64 * MB],
    ['a quarter of the machine without a limit', [], undefined, 2048 * MB],
  ])('%s', (_name, options, limit, expected) => expect(maxHeapBytes(options, limit)).toBe(expected))
})

function boot(
  world: FakeWorld,
  servlets: string,
  more: { env?: Record<string, string>; memory?: number; xml?: string; ip?: string } = {},
): FakeProcess {
  const files = filesOf({
    [`${HOME}/webapps/ROOT/index.html`]: 'home\n',
    [`${HOME}/webapps/ROOT/WEB-INF/clusterlab.yaml`]: servlets,
    [`${HOME}/webapps/old.war`]: 'PK',
    [`${HOME}/webapps/shop/a.txt`]: 'a\n',
    [`${HOME}/logs/.keep`]: '',
    ...(more.xml && { [`${HOME}/conf/server.xml`]: more.xml }),
  })
  const ip = more.ip ?? '10.0.0.1'
  const at = world.start(tomcat, 'app', ip, {
    argv: ['catalina.sh', 'run'],
    env: more.env ?? {},
    files,
    ...(more.memory && { limits: { memoryBytes: more.memory } }),
  })
  world.pass(5_000)
  return at
}
const get = (world: FakeWorld, path: string): number | string => {
  const r = world.http('app', 8080, path, {}, 5_000)
  return r.failure ?? r.status
}
/** A backend that answers, hangs or is gone. */
const backend = (world: FakeWorld, hangs: boolean): FakeProcess =>
  world.start(
    {
      name: 'b',
      executables: [],
      start: (ctx) => void ctx.listen(80),
      on(state, event, ctx) {
        if (event.type === 'request' && hangs) ctx.hang()
        else if (event.type === 'request') ctx.reply({ status: 200, headers: {}, body: '' }, 20)
        return state
      },
    },
    'orders',
    '10.0.0.9',
  )

test('files, contexts, what is not there', () => {
  const world = new FakeWorld()
  const at = boot(world, '')
  expect(['/', '/shop/a.txt', '/shop/b', '/WEB-INF/clusterlab.yaml', '/nothing'].map((p) => get(world, p))).toEqual([
    200, 200, 404, 404, 404,
  ])
  expect(at.log).toContain('clusterlab cannot open the archive [old.war]')
  expect(at.files.read(`${HOME}/logs/localhost_access_log.txt`)).toContain('"GET /shop/a.txt HTTP/1.1" 200 2')
  at.signal('TERM')
  expect(at.exitCode).toBe(143)
})

describe('memory', () => {
  const KEEPS = 'servlets:\n- path: /leak\n  keeps: 20Mi\n'
  const until = (world: FakeWorld, at: FakeProcess): (number | string)[] => {
    const seen: (number | string)[] = []
    for (let i = 0; i < 40 && at.alive; i++) seen.push(get(world, '/leak'))
    return seen
  }
  test('inside: an OutOfMemoryError, the process goes on and other pages are served', () => {
    const world = new FakeWorld()
    const at = boot(world, KEEPS, { memory: 1024 * MB })
    expect(until(world, at)).toContain(500)
    expect([at.alive, get(world, '/')]).toEqual([true, 200])
    expect(at.log).toContain('java.lang.OutOfMemoryError: Java heap space')
  })
  test('inside, told to end of it: exit code 3', () => {
    const world = new FakeWorld()
    const at = boot(world, KEEPS, { memory: 1024 * MB, env: { JAVA_OPTS: '-XX:+ExitOnOutOfMemoryError' } })
    until(world, at)
    expect([at.exitCode, at.oom]).toEqual([3, false])
  })
  test('outside: a heap as large as the limit, and the kernel kills', () => {
    const world = new FakeWorld()
    const at = boot(world, KEEPS, { memory: 512 * MB, env: { CATALINA_OPTS: '-Xmx512m' } })
    until(world, at)
    expect([at.exitCode, at.oom]).toEqual([137, true])
    expect(at.log).not.toContain('OutOfMemoryError')
  })
  test('a load that leaves something behind fills the heap by and by', () => {
    const world = new FakeWorld()
    const at = boot(world, 'servlets:\n- path: /leak\n  keeps: 1Mi\n', { memory: 1024 * MB })
    get(world, '/leak')
    at.event({ type: 'load', port: 8080, perSecond: 10, inFlight: 1 })
    world.pass(10_000)
    expect(at.log).not.toContain('OutOfMemoryError')
    world.pass(30_000)
    expect([at.alive, at.log.includes('OutOfMemoryError')]).toEqual([true, true])
  })
})

describe('threads', () => {
  const WAITS = 'servlets:\n- path: /orders\n  backend: http://orders/list\n'
  const XML = '<Connector port="8080" protocol="HTTP/1.1" maxThreads="5" />'
  test('all wait for one that hangs: alive, and nobody is answered; it answers again and all is well', () => {
    const world = new FakeWorld()
    const hanging = backend(world, true)
    const at = boot(world, WAITS, { xml: XML })
    expect(get(world, '/orders')).toBe('timeout')
    expect(get(world, '/')).toBe(200)
    for (let i = 0; i < 4; i++) get(world, '/orders')
    expect([at.alive, get(world, '/')]).toEqual([true, 'timeout'])
    expect(world.dial('10.0.0.7', { host: 'app', port: 8080, protocol: 'tcp', timeoutMs: 1_000 }).ok).toBe(true)
    expect(at.exec(jcmd, ['jcmd', '1', 'Thread.print']).stdout).toContain(
      '5 at java.net.SocketInputStream.read, waiting for http://orders/list',
    )
    hanging.kill()
    backend(world, false)
    expect([get(world, '/'), get(world, '/orders')]).toEqual([200, 200])
  })
  test('under a load the pool is gone in a moment', () => {
    const world = new FakeWorld()
    backend(world, true)
    const at = boot(world, WAITS)
    at.event({ type: 'load', port: 8080, perSecond: 50, inFlight: 1 })
    get(world, '/orders')
    world.pass(2_000)
    expect(get(world, '/')).toBe(200)
    world.pass(3_000)
    expect(get(world, '/')).toBe('timeout')
  })
  test.each([
    ['with a timeout', 'servlets:\n- path: /orders\n  backend: http://orders/list\n  timeoutMs: 1000\n', true, 'Read timed out'],
    ['refused', WAITS, false, 'Connection refused'],
  ])('%s no thread stays', (_name, servlets, hangs, text) => {
    const world = new FakeWorld()
    const b = backend(world, true)
    if (!hangs) b.kill()
    const at = boot(world, servlets, { xml: XML })
    for (let i = 0; i < 8; i++) expect(get(world, '/orders')).toBe(500)
    expect([get(world, '/'), at.log.includes(text)]).toEqual([200, true])
  })
})
