/** RabbitMQ: what survives, who may come in, the memory alarm, the name under which its data lies. */
import { describe, expect, test } from 'vitest'
import { rabbitmqadmin, rabbitmqctl } from '../../src/programs/rabbitmq/commands.ts'
import { rabbitmq } from '../../src/programs/rabbitmq/index.ts'
import { writeText } from '../../src/programs/text/files.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const MiB = 1024 * 1024
function boot(
  world: FakeWorld,
  more: { name?: string; env?: Record<string, string>; files?: MemoryFiles; memory?: number } = {},
): FakeProcess {
  const env = { RABBITMQ_VERSION: '4.1.4', ...more.env }
  const files = more.files ?? volume()
  writeText(files, '/etc/rabbitmq/enabled_plugins', '[rabbitmq_management].\n')
  const at = world.start(rabbitmq, more.name ?? 'mq-0', '10.0.0.1', {
    argv: ['rabbitmq-server'],
    env,
    files,
    ...(more.memory && { limits: { memoryBytes: more.memory } }),
  })
  world.pass(10_000)
  return at
}
const admin = (at: FakeProcess, ...args: string[]): string => {
  const done = at.exec(rabbitmqadmin, ['rabbitmqadmin', ...args])
  return (done.stdout ?? '') + (done.stderr ?? '')
}
const ctl = (at: FakeProcess, ...args: string[]): string => {
  const done = at.exec(rabbitmqctl, ['rabbitmqctl', ...args])
  return (done.stdout ?? '') + (done.stderr ?? '')
}

describe('what survives kill -9', () => {
  const restarted = (name: string): FakeProcess => {
    const world = new FakeWorld()
    const files = volume()
    const old = boot(world, { files })
    admin(old, 'declare', 'queue', 'name=kept', 'durable=true')
    admin(old, 'declare', 'queue', 'name=loose', 'durable=false')
    for (const queue of ['kept', 'loose']) admin(old, 'publish', `routing_key=${queue}`, 'payload=p', 'properties={"delivery_mode":2}')
    admin(old, 'publish', 'routing_key=kept', 'payload=transient')
    expect(admin(old, 'list', 'queues')).toBe('kept\t2\nloose\t1\n')
    old.kill()
    return boot(world, { files, name })
  }
  test('durable queues and their persistent messages', () => expect(admin(restarted('mq-0'), 'list', 'queues')).toBe('kept\t1\n'))
  test('nothing for a node of another name', () => {
    const again = restarted('mq-6f7d9-x2x')
    expect(admin(again, 'list', 'queues')).toBe('No items\n')
    expect(again.log).toContain('Database directory is empty')
  })
})

describe('who may come in', () => {
  const auth = (text: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  test.each([
    ['guest from elsewhere', {}, 'guest:guest', 401],
    ['the user of the environment', { RABBITMQ_DEFAULT_USER: 'u', RABBITMQ_DEFAULT_PASS: 'p' }, 'u:p', 200],
    ['a wrong password', { RABBITMQ_DEFAULT_USER: 'u', RABBITMQ_DEFAULT_PASS: 'p' }, 'u:q', 401],
    ['guest where another was made', { RABBITMQ_DEFAULT_USER: 'u', RABBITMQ_DEFAULT_PASS: 'p' }, 'guest:guest', 401],
  ])('%s', (_name, env, who, status) => {
    const world = new FakeWorld()
    boot(world, { env: env as Record<string, string> })
    expect(world.http('mq-0', 15672, '/api/overview', { headers: auth(who) }).status).toBe(status)
  })
  test('a later start keeps the users of the first', () => {
    const world = new FakeWorld()
    const files = volume()
    const at = boot(world, { files })
    ctl(at, 'add_user', 'u', 'p')
    at.kill()
    boot(world, { files, env: { RABBITMQ_DEFAULT_USER: 'other', RABBITMQ_DEFAULT_PASS: 'x' } })
    expect(['u:p', 'other:x'].map((who) => world.http('mq-0', 15672, '/api/overview', { headers: auth(who) }).status)).toEqual([200, 401])
  })
})

test('beyond the watermark publishers wait until there is room', () => {
  const world = new FakeWorld()
  const at = boot(world, { memory: 256 * MiB })
  expect(at.log).toContain('Memory high watermark set to 153 MiB')
  admin(at, 'declare', 'queue', 'name=q')
  const payload = `payload=${'x'.repeat(8 * MiB)}`
  const said = Array.from({ length: 8 }, () => admin(at, 'publish', 'routing_key=q', payload))
  expect(said.at(0)).toBe('Message published\n')
  expect(said.at(-1)).toContain('timed out')
  expect([at.alive, at.log.includes('memory resource limit alarm set'), ctl(at, 'status').includes('Memory alarm on node')]).toEqual([
    true,
    true,
    true,
  ])
  admin(at, 'get', 'queue=q', 'count=4', 'ackmode=ack_requeue_false')
  expect(admin(at, 'publish', 'routing_key=q', 'payload=y')).toBe('Message published\n')
})

test('a routing key that is no queue is not routed; a queue cannot change its kind', () => {
  const at = boot(new FakeWorld())
  expect(admin(at, 'publish', 'routing_key=no', 'payload=x')).toBe('Message published but NOT routed\n')
  expect(admin(at, 'publish', 'routing_key=q', 'properties={')).toContain('is no JSON')
  admin(at, 'declare', 'queue', 'name=q', 'durable=true')
  expect(admin(at, 'declare', 'queue', 'name=q', 'durable=false')).toContain("inequivalent arg 'durable'")
})

test('deprecated variables end the start', () => {
  const at = boot(new FakeWorld(), { env: { RABBITMQ_VM_MEMORY_HIGH_WATERMARK: '0.5' } })
  expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining('RABBITMQ_VM_MEMORY_HIGH_WATERMARK is set but deprecated')])
})
