/** Redis: commands, login, expiry, memory and eviction, what survives what, replication and a cut link. */
import { describe, expect, test } from 'vitest'
import { redisCli } from '../../src/programs/redis/client.ts'
import { redis } from '../../src/programs/redis/index.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const ENV = { REDIS_VERSION: '7.4.5' }
interface More {
  readonly files?: MemoryFiles
  readonly name?: string
  readonly ip?: string
  readonly limits?: { readonly memoryBytes?: number }
}
function server(world: FakeWorld, args: readonly string[] = [], more: More = {}): FakeProcess {
  const { name = 'redis', ip = '10.0.0.3', files = volume(), limits = {} } = more
  const process = world.start(redis, name, ip, { argv: ['redis-server', ...args], env: ENV, files, limits })
  world.pass(2_000)
  return process
}
const cli = (at: FakeProcess, text: string, stdin = ''): string => {
  const done = at.exec(redisCli, ['redis-cli', ...text.split(' ').filter((w) => w !== '')], stdin)
  return (done.stderr ?? '') + (done.stdout ?? '')
}

describe('commands', () => {
  const at = server(new FakeWorld())
  test.each([
    ['PING', 'PONG\n'],
    ['SET a 1', 'OK\n'],
    ['GET a', '1\n'],
    ['INCRBY a 4', '5\n'],
    ['GET nothing', '\n'],
    ['SET a 9 NX', '\n'],
    ['RPUSH l x y z', '3\n'],
    ['LRANGE l 0 -2', 'x\ny\n'],
    ['LPOP l', 'x\n'],
    ['HSET h f 1 g 2', '2\n'],
    ['HGETALL h', 'f\n1\ng\n2\n'],
    ['SADD s m m n', '2\n'],
    ['SISMEMBER s n', '1\n'],
    ['ZADD z 2 b 1 a', '2\n'],
    ['ZRANGE z 0 -1 WITHSCORES', 'a\n1\nb\n2\n'],
    ['TYPE z', 'zset\n'],
    ['DBSIZE', '5\n'],
    ['KEYS [hl]', 'l\nh\n'],
    ['DEL h', '1\n'],
    ['CONFIG GET maxmemory*', 'maxmemory\n0\nmaxmemory-policy\nnoeviction\nmaxmemory-samples\n5\n'],
    ['INCR l', 'WRONGTYPE Operation against a key holding the wrong kind of value\n'],
    ['SET b x', 'OK\n'],
    ['INCR b', 'ERR value is not an integer or out of range\n'],
    ['GET', "ERR wrong number of arguments for 'get' command\n"],
    ['FROB 1', "ERR unknown command 'FROB', with args beginning with: '1' \n"],
    ['SUBSCRIBE x', 'ERR SUBSCRIBE is not simulated by clusterlab\n'],
    ['-n 3 DBSIZE', '0\n'],
    ['-n 99 PING', 'PONG\n'],
    ['--no-raw LRANGE l 0 -1', '1) "y"\n2) "z"\n'],
    ['-h elsewhere PING', 'Could not connect to Redis at elsewhere:6379: Name or service not known\n'],
    ['-p 7000 PING', 'Could not connect to Redis at 127.0.0.1:7000: Connection refused\n'],
  ])('%s', (text, expected) => {
    const sorted = (t: string): string => (text.startsWith('KEYS') ? t.split('\n').sort().join('\n') : t)
    expect(sorted(cli(at, text))).toBe(sorted(expected))
  })
  test('MULTI from the input', () => {
    expect(cli(at, '', 'MULTI\nSET t 1\nINCR t\nEXEC\n')).toBe('OK\nQUEUED\nQUEUED\nOK\n2\n')
  })
})

test('keys end when their time is over, and give their memory back', () => {
  const world = new FakeWorld()
  const at = server(world)
  const before = at.memoryBytes
  cli(at, 'SET k v EX 10')
  expect(cli(at, 'TTL k')).toBe('10\n')
  expect(at.memoryBytes).toBeGreaterThan(before)
  world.pass(10_001)
  expect(at.memoryBytes).toBe(before)
  expect([cli(at, 'GET k'), cli(at, 'TTL k')]).toEqual(['\n', '-2\n'])
})

describe('login', () => {
  const at = server(new FakeWorld(), ['--requirepass', 'pw'])
  const warning = "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n"
  test.each([
    ['PING', 'NOAUTH Authentication required.\n'],
    ['-a pw PING', `${warning}PONG\n`],
    [
      '-a no PING',
      `${warning}AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\nNOAUTH Authentication required.\n`,
    ],
    ['-u redis://default:pw@127.0.0.1:6379 PING', 'PONG\n'],
  ])('%s', (text, expected) => expect(cli(at, text)).toBe(expected))
  test('the answer is an error, the exit code is not', () => {
    expect(at.exec(redisCli, ['redis-cli', 'ping']).exitCode).toBe(0)
    expect(at.exec(redisCli, ['redis-cli', '-e', 'ping']).exitCode).toBe(1)
  })
})

describe('what survives', () => {
  test.each<[string, readonly string[], 'TERM' | 'KILL', string]>([
    ['SIGTERM with the default save points', [], 'TERM', 'v\n'],
    ['kill -9 shortly after a write', [], 'KILL', '\n'],
    ['kill -9 with the append-only file', ['--appendonly', 'yes'], 'KILL', 'v\n'],
    ['SIGTERM without save points', ['--save', ''], 'TERM', '\n'],
  ])('%s', (_, args, how, expected) => {
    const world = new FakeWorld()
    const files = volume()
    const at = server(world, args, { files })
    cli(at, 'SET k v')
    if (how === 'TERM') at.signal('TERM')
    else at.kill()
    expect(cli(server(world, args, { files }), 'GET k')).toBe(expected)
  })
  test('a save point that is reached saves', () => {
    const world = new FakeWorld()
    const files = volume()
    const at = server(world, ['--save', '60', '2'], { files })
    cli(at, 'MSET a 1 b 2')
    world.pass(61_000)
    expect(at.log).toContain('2 changes in 60 seconds. Saving...')
    cli(at, 'SET c 3')
    at.kill()
    const again = server(world, ['--save', '60', '2'], { files })
    expect(again.log).toContain('Done loading RDB, keys loaded: 2, keys expired: 0.')
  })
  test('turning the append-only file on over a snapshot begins with nothing', () => {
    const world = new FakeWorld()
    const files = volume()
    const at = server(world, [], { files })
    cli(at, 'SET k v')
    at.signal('TERM')
    expect(cli(server(world, ['--appendonly', 'yes'], { files }), 'GET k')).toBe('\n')
  })
  test('without a volume nothing does', () => {
    const world = new FakeWorld()
    const at = server(world, ['--appendonly', 'yes'])
    cli(at, 'SET k v')
    at.signal('TERM')
    expect(cli(server(world, ['--appendonly', 'yes']), 'GET k')).toBe('\n')
  })
})

describe('memory', () => {
  test('without maxmemory it grows into the limit of the container', () => {
    const at = server(new FakeWorld(), [], { limits: { memoryBytes: 64 * 1024 * 1024 } })
    cli(at, 'DEBUG POPULATE 100 k 1000000')
    expect(at.oom).toBe(true)
  })
  test.each<[string, string]>([
    ['noeviction', "OOM command not allowed when used memory > 'maxmemory'.\n"],
    ['allkeys-lru', 'OK\n'],
    ['volatile-lru', "OOM command not allowed when used memory > 'maxmemory'.\n"],
  ])('maxmemory with %s', (policy, expected) => {
    const at = server(new FakeWorld(), ['--maxmemory', '10mb', '--maxmemory-policy', policy], { limits: { memoryBytes: 64 * 1024 * 1024 } })
    cli(at, 'DEBUG POPULATE 100 k 100000')
    expect(cli(at, 'SET more x')).toBe(expected)
    expect(at.oom).toBe(false)
  })
  test('the least recently used goes first', () => {
    const world = new FakeWorld()
    const at = server(world, ['--maxmemory', '1000000', '--maxmemory-policy', 'allkeys-lru'])
    cli(at, 'SETRANGE a 40000 x')
    world.pass(1_000)
    cli(at, 'SETRANGE b 40000 x')
    world.pass(1_000)
    cli(at, 'GET a')
    world.pass(1_000)
    cli(at, 'SETRANGE c 40000 x')
    cli(at, 'SET d x')
    expect(cli(at, 'EXISTS a b')).toBe('1\n')
    expect(cli(at, 'EXISTS b')).toBe('0\n')
  })
})

test.each([
  [
    ['--maxmem', '1mb'],
    '*** FATAL CONFIG FILE ERROR (Redis 7.4.5) ***\nReading the configuration file, at line 2\n>>> \'maxmem "1mb"\'\nBad directive or wrong number of arguments',
  ],
  [['/etc/none.conf'], "Fatal error, can't open config file '/etc/none.conf': No such file or directory"],
  [['--cluster-enabled', 'yes'], 'is not simulated'],
])('%j does not start', (args, text) => {
  const at = server(new FakeWorld(), args)
  expect([at.exitCode, at.log.includes(text)]).toEqual([1, true])
})

describe('replication', () => {
  function pair(): { world: FakeWorld; primary: FakeProcess; replica: FakeProcess } {
    const world = new FakeWorld()
    const primary = server(world, [], { name: 'primary' })
    cli(primary, 'SET old 1')
    const replica = server(world, ['--replicaof', 'primary 6379'], { name: 'replica', ip: '10.0.0.4' })
    return { world, primary, replica }
  }
  const cut = (world: FakeWorld): Set<string> => world.cut.add('10.0.0.3>10.0.0.4')

  test('a replica has what was there and what comes, and takes no writes', () => {
    const { primary, replica } = pair()
    cli(primary, 'SET new 2')
    expect(cli(replica, 'MGET old new')).toBe('1\n2\n')
    expect(cli(replica, 'SET x 1')).toBe("READONLY You can't write against a read only replica.\n")
    expect(cli(replica, 'INFO replication')).toContain('master_link_status:up\n')
    expect(cli(primary, 'INFO replication')).toContain('slave0:ip=10.0.0.4,port=6379,state=online,offset=2,lag=0\n')
  })
  test('a cut link: the primary goes on, the replica is behind, and catches up when the link is back', () => {
    const { world, primary, replica } = pair()
    cut(world)
    expect(cli(primary, 'SET k 1')).toBe('OK\n')
    expect(cli(replica, 'GET k')).toBe('\n')
    world.pass(20_000)
    expect(cli(primary, 'INFO replication')).toContain('offset=1,lag=')
    expect(cli(primary, 'WAIT 1 100')).toBe('0\n')
    world.cut.clear()
    world.pass(2_000)
    expect(cli(replica, 'GET k')).toBe('1\n')
    expect(cli(primary, 'WAIT 1 100')).toBe('1\n')
  })
  test('after repl-timeout the link is down, with partial resynchronization later', () => {
    const { world, primary, replica } = pair()
    cut(world)
    cli(primary, 'SET k 1')
    world.pass(90_000)
    expect(cli(replica, 'INFO replication')).toContain('master_link_status:down\n')
    expect(cli(primary, 'INFO replication')).toContain('connected_slaves:0\n')
    expect(cli(replica, 'GET old')).toBe('1\n')
    world.cut.clear()
    world.pass(8_000)
    expect(replica.log).toContain('Successful partial resynchronization with master.')
    expect(cli(replica, 'GET k')).toBe('1\n')
  })
  test('a primary that comes back empty empties its replica', () => {
    const { world, primary, replica } = pair()
    primary.kill()
    server(world, [], { name: 'primary' })
    world.pass(20_000)
    expect(cli(replica, 'DBSIZE')).toBe('0\n')
  })
  test('failover by hand', () => {
    const { world, primary, replica } = pair()
    primary.kill()
    expect(cli(replica, 'REPLICAOF NO ONE')).toBe('OK\n')
    expect(cli(replica, 'SET k 1')).toBe('OK\n')
    const old = server(world, ['--replicaof', 'replica 6379'], { name: 'primary' })
    expect(cli(old, 'MGET old k')).toBe('1\n1\n')
  })
  test('a password that is missing or wrong keeps the link down', () => {
    const world = new FakeWorld()
    server(world, ['--requirepass', 'pw'], { name: 'primary' })
    const replica = server(world, ['--replicaof', 'primary', '6379', '--masterauth', 'no'], { name: 'replica', ip: '10.0.0.4' })
    expect(replica.log).toContain('Unable to AUTH to MASTER: -WRONGPASS')
    expect(cli(replica, 'INFO replication')).toContain('master_link_status:down')
  })
  test('min-replicas-to-write stops writes when too few follow', () => {
    const world = new FakeWorld()
    const primary = server(world, ['--min-replicas-to-write', '1'], { name: 'primary' })
    expect(cli(primary, 'SET k 1')).toBe('NOREPLICAS Not enough good replicas to write.\n')
    server(world, ['--replicaof', 'primary', '6379'], { name: 'replica', ip: '10.0.0.4' })
    expect(cli(primary, 'SET k 1')).toBe('OK\n')
  })
})
