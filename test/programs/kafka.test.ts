/** Kafka: what it refuses at the start, advertised addresses, replication and what of it survives, the quorum, groups, its tools. */
import { describe, expect, test } from 'vitest'
import { consumerGroups } from '../../src/programs/kafka/command-groups.ts'
import { topics } from '../../src/programs/kafka/command-topics.ts'
import { consoleConsumer, consoleProducer, quorumStatus } from '../../src/programs/kafka/console.ts'
import { kafka } from '../../src/programs/kafka/index.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

interface More {
  readonly name?: string
  readonly ip?: string
  readonly env?: Record<string, string>
  readonly files?: MemoryFiles
}
const SINGLE = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_LOG_DIRS: '/data',
}
function node(world: FakeWorld, { name = 'kafka', ip = '10.0.0.1', env = SINGLE, files = volume() }: More = {}): FakeProcess {
  const at = world.start(kafka, name, ip, { argv: ['/etc/kafka/docker/run'], env: { KAFKA_VERSION: '4.1.0', ...env }, files })
  world.pass(8_000)
  return at
}
/** Another pod, from which the tools are run. */
function outside(world: FakeWorld): FakeProcess {
  return world.start({ name: 'idle', executables: [], start: () => 0, on: (s: number) => s }, 'client', '10.0.9.9')
}
const said = (r: { stdout?: string; stderr?: string }): string => (r.stdout ?? '') + (r.stderr ?? '')
const make = (at: FakeProcess, ...args: string[]): string =>
  said(at.exec(topics, ['kafka-topics.sh', '--bootstrap-server', 'kafka:9092', ...args]))
const send = (at: FakeProcess, topic: string, text: string, server = 'kafka:9092', ...more: string[]): string =>
  at.exec(consoleProducer, ['kafka-console-producer.sh', '--bootstrap-server', server, '--topic', topic, ...more], text).stderr ?? ''
const read = (at: FakeProcess, topic: string, server = 'kafka:9092', ...more: string[]): string =>
  at.exec(consoleConsumer, ['kafka-console-consumer.sh', '--bootstrap-server', server, '--topic', topic, '--timeout-ms', '1000', ...more])
    .stdout ?? ''

describe('the start', () => {
  test.each([
    ['roles are missing', { KAFKA_NODE_ID: '1' }, 'Missing required configuration `process.roles`'],
    [
      'a Service named kafka fills the environment',
      { KAFKA_PORT: 'tcp://10.96.0.9:9092', KAFKA_SERVICE_HOST: '10.96.0.9' },
      'process.roles',
    ],
    [
      '0.0.0.0 is advertised',
      { ...SINGLE, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://0.0.0.0:9092' },
      'cannot use the nonroutable meta-address 0.0.0.0',
    ],
    [
      'a listener has no protocol',
      { ...SINGLE, KAFKA_LISTENERS: 'OUT://:9094,CONTROLLER://:9093' },
      'No security protocol defined for listener OUT',
    ],
    ['a controller is no voter', { ...SINGLE, KAFKA_NODE_ID: '7' }, 'the node id 7 must be included in the set of voters'],
    [
      'TLS',
      { ...SINGLE, KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT' },
      'clusterlab simulates only the security protocol PLAINTEXT',
    ],
    ['bitnami without node id', { BITNAMI_APP_NAME: 'kafka', KAFKA_CFG_PROCESS_ROLES: 'broker' }, 'KRaft mode requires an unique node.id'],
    [
      'bitnami without cluster id',
      {
        BITNAMI_APP_NAME: 'kafka',
        KAFKA_CFG_PROCESS_ROLES: 'controller,broker',
        KAFKA_CFG_NODE_ID: '0',
        KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: '0@x:9093',
        KAFKA_CFG_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      },
      'have you run `kafka-storage.sh`',
    ],
  ])('%s', (_name, env, text) => {
    const at = node(new FakeWorld(), { env })
    expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining(text)])
  })
  test('without any setting it runs alone and advertises localhost', () => {
    const at = node(new FakeWorld(), { env: {} })
    expect(at.log).toContain('Kafka Server started')
    expect(send(at, 't', 'a\n', 'localhost:9092')).toContain('UNKNOWN_TOPIC_OR_PARTITION')
    expect(read(at, 't', 'localhost:9092', '--from-beginning')).toBe('a\n')
  })
  test('a directory of another cluster is refused', () => {
    const world = new FakeWorld()
    const files = volume()
    node(world, { files }).kill()
    const at = node(world, { files, env: { ...SINGLE, CLUSTER_ID: 'MkU3OEVBNTcwNTJENDM2Qg' } })
    expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining('Expected MkU3OEVBNTcwNTJENDM2Qg, but read 5L6g3nShT-eMCtK--X86sw')])
  })
})

describe('one node', () => {
  test('what was acknowledged survives kill -9 on a volume, and nothing does without', () => {
    const world = new FakeWorld()
    const files = volume()
    const at = node(world, { files })
    expect(make(at, '--create', '--topic', 'orders', '--partitions', '3')).toBe('Created topic orders.\n')
    expect(send(at, 'orders', 'k:1\nk:2\n', 'kafka:9092', '--property', 'parse.key=true', '--property', 'key.separator=:')).toBe('')
    at.kill()
    const again = node(world, { files })
    expect(read(again, 'orders', 'kafka:9092', '--from-beginning', '--property', 'print.key=true')).toBe('k\t1\nk\t2\n')
    again.kill()
    expect(make(node(world), '--list')).toBe('')
  })
  test.each([
    [['--create', '--topic', 'a', '--replication-factor', '3'], 'cannot be reached because only 1 broker(s) are registered.'],
    [['--create', '--topic', 'no/slash'], 'Topic name is invalid'],
    [['--delete', '--topic', 'no'], "Topic 'no' does not exist as expected"],
    [['--describe', '--topic', 'no'], "Topic 'no' does not exist as expected"],
    [['--list', '--create'], 'Command must include exactly one action'],
  ])('kafka-topics.sh %j', (args, text) => expect(make(node(new FakeWorld()), ...args)).toContain(text))
  test('a group goes on where it was, and tells its lag', () => {
    const at = node(new FakeWorld())
    const groups = (...args: string[]): string =>
      said(at.exec(consumerGroups, ['kafka-consumer-groups.sh', '--bootstrap-server', 'kafka:9092', ...args]))
    make(at, '--create', '--topic', 't')
    send(at, 't', 'a\nb\n')
    expect(read(at, 't', 'kafka:9092', '--group', 'g', '--from-beginning')).toBe('a\nb\n')
    send(at, 't', 'c\n')
    expect(groups('--describe', '--group', 'g')).toMatch(/g +t +0 +2 +3 +1 /)
    expect(read(at, 't', 'kafka:9092', '--group', 'g')).toBe('c\n')
    expect(read(at, 't', 'kafka:9092', '--group', 'g')).toBe('')
    groups('--group', 'g', '--reset-offsets', '--to-earliest', '--topic', 't', '--execute')
    expect(read(at, 't', 'kafka:9092', '--group', 'g')).toBe('a\nb\nc\n')
  })
  test('offsets that are to be kept three times on one broker cannot be: a group reads nothing', () => {
    const at = node(new FakeWorld(), { env: { ...SINGLE, KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3' } })
    make(at, '--create', '--topic', 't')
    send(at, 't', 'a\n')
    expect(read(at, 't', 'kafka:9092', '--from-beginning')).toBe('a\n')
    expect(read(at, 't', 'kafka:9092', '--from-beginning', '--group', 'g')).toBe('')
    expect(at.log).toContain('Auto-creation of topic __consumer_offsets failed: INVALID_REPLICATION_FACTOR')
  })
})

describe('advertised addresses', () => {
  const row = (advertised: string): string => {
    const world = new FakeWorld()
    node(world, { env: { ...SINGLE, KAFKA_ADVERTISED_LISTENERS: advertised, KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093' } })
    const at = outside(world)
    make(at, '--create', '--topic', 't')
    return send(at, 't', 'a\n')
  }
  test.each([
    ['PLAINTEXT://kafka:9092', ''],
    ['PLAINTEXT://localhost:9092', '(localhost/127.0.0.1:9092) could not be established. Node may not be available.'],
    ['PLAINTEXT://kafka-0.typo:9092', 'java.net.UnknownHostException: kafka-0.typo'],
    ['PLAINTEXT://kafka:9999', '(kafka/10.0.0.1:9999) could not be established'],
  ])('%s', (advertised, text) => {
    const out = row(advertised)
    if (text === '') expect(out).toBe('')
    else expect(out).toContain(text)
  })
  test('nobody there', () => {
    const at = outside(new FakeWorld())
    expect(make(at, '--list')).toContain('No resolvable bootstrap urls given in bootstrap.servers')
  })
  test('a client is told the address of the listener it came in by', () => {
    const world = new FakeWorld()
    const env = {
      ...SINGLE,
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,OUTSIDE://:9094,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://inside.only:9092,OUTSIDE://kafka:9094',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    }
    node(world, { env })
    const at = outside(world)
    send(at, 't', 'a\n', 'kafka:9094')
    expect(read(at, 't', 'kafka:9094', '--from-beginning')).toBe('a\n')
    expect(send(at, 't', 'a\n', 'kafka:9092')).toContain('UnknownHostException: inside.only')
  })
})

describe('three nodes', () => {
  const ip = (n: number): string => `10.0.0.${n + 1}`
  interface Three {
    readonly world: FakeWorld
    readonly disks: readonly MemoryFiles[]
    readonly nodes: FakeProcess[]
    readonly client: FakeProcess
  }
  const startNode = (c: Three, n: number, pass = true): FakeProcess => {
    const env = {
      KAFKA_NODE_ID: String(n),
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '0@k0:9093,1@k1:9093,2@k2:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://k${n}:9092`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LOG_DIRS: '/data',
    }
    c.nodes[n] = c.world.start(kafka, `k${n}`, ip(n), { argv: ['run'], env, files: c.disks[n]! })
    if (pass) c.world.pass(15_000)
    return c.nodes[n]
  }
  function three(): Three {
    const world = new FakeWorld()
    const c: Three = { world, disks: [volume(), volume(), volume()], nodes: [], client: outside(world) }
    for (const n of [0, 1, 2]) startNode(c, n, false)
    world.pass(20_000)
    return c
  }
  const ALL = 'k0:9092,k1:9092,k2:9092'
  const t = (c: Three, ...args: string[]): string => said(c.client.exec(topics, ['kafka-topics.sh', '--bootstrap-server', ALL, ...args]))
  const create = (c: Three, ...more: string[]): string =>
    t(c, '--create', '--topic', 'o', '--partitions', '1', '--replication-factor', '3', '--config', 'min.insync.replicas=2', ...more)
  const leaderOf = (c: Three): number => Number(/Leader: (-?\w+)/.exec(t(c, '--describe', '--topic', 'o'))?.[1])
  const isrOf = (c: Three): string[] => (/Isr: ([\d,]+)/.exec(t(c, '--describe', '--topic', 'o'))?.[1] ?? '').split(',').sort()
  const quorum = (c: Three): number =>
    Number(
      /LeaderId: +(-?\d+)/.exec(
        c.client.exec(quorumStatus, ['kafka-metadata-quorum.sh', '--bootstrap-server', ALL, 'describe', '--status']).stdout!,
      )?.[1],
    )

  test('one leads; a record is on all three when it is acknowledged', () => {
    const c = three()
    expect(quorum(c)).toBeGreaterThanOrEqual(0)
    expect(create(c)).toBe('Created topic o.\n')
    expect(isrOf(c)).toEqual(['0', '1', '2'])
    expect(send(c.client, 'o', 'a\n', ALL)).toBe('')
    for (const disk of c.disks) expect(disk.read('/data/o-0/00000000000000000000.log')).toContain('"value":"a"')
  })
  test('the leader dies: another one in sync takes over within the session, nothing is lost, and it comes back as a follower', () => {
    const c = three()
    create(c)
    send(c.client, 'o', 'a\n', ALL)
    const first = leaderOf(c)
    c.nodes[first]!.kill()
    expect(send(c.client, 'o', 'early\n', ALL)).toContain('TimeoutException')
    c.world.pass(25_000)
    expect(leaderOf(c)).not.toBe(first)
    expect(send(c.client, 'o', 'b\n', ALL)).not.toContain('ERROR')
    expect(isrOf(c)).toHaveLength(2)
    startNode(c, first)
    expect(isrOf(c)).toEqual(['0', '1', '2'])
    expect(c.disks[first]!.read('/data/o-0/00000000000000000000.log')).toContain('"value":"b"')
    expect(read(c.client, 'o', ALL, '--from-beginning')).toBe('a\nb\n')
  })
  test('an ordered end hands over at once', () => {
    const c = three()
    create(c)
    const first = leaderOf(c)
    c.nodes[first]!.signal('TERM')
    c.world.pass(2_000)
    expect(leaderOf(c)).not.toBe(first)
    expect(send(c.client, 'o', 'b\n', ALL)).not.toContain('ERROR')
  })
  test('with one of three left in sync, acks=all is refused and acks=1 is not', () => {
    const c = three()
    create(c)
    const controller = quorum(c)
    const [second, third] = [0, 1, 2].filter((n) => n !== leaderOf(c))
    c.nodes[second!]!.signal('TERM')
    c.world.pass(20_000)
    expect(send(c.client, 'o', 'two\n', ALL)).not.toContain('ERROR')
    c.nodes[third!]!.signal('TERM')
    c.world.pass(1_000)
    const out = send(c.client, 'o', 'one\n', ALL)
    expect(out).toContain('retrying (0 attempts left). Error: NOT_ENOUGH_REPLICAS')
    expect(out).toContain(
      'org.apache.kafka.common.errors.NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.',
    )
    expect(send(c.client, 'o', 'loose\n', ALL, '--producer-property', 'acks=1')).not.toContain('ERROR')
    expect(controller).toBeGreaterThanOrEqual(0)
    // Two controllers of three are gone: nothing of the metadata can be changed.
    expect(t(c, '--create', '--topic', 'late')).toContain('Error while executing topic command')
  })
  test('a node cut off with its leadership acknowledges nothing; afterwards all have the same log', () => {
    const c = three()
    create(c)
    const first = leaderOf(c)
    for (const n of [0, 1, 2]) if (n !== first) c.world.cut.add(`${ip(first)}>${ip(n)}`)
    expect(send(c.client, 'o', 'lost\n', `k${first}:9092`)).toContain('TimeoutException')
    c.world.pass(30_000)
    const others = ALL.split(',')
      .filter((_, n) => n !== first)
      .join(',')
    expect(send(c.client, 'o', 'kept\n', others)).not.toContain('ERROR')
    c.world.cut.clear()
    c.world.pass(30_000)
    expect(isrOf(c)).toEqual(['0', '1', '2'])
    expect(read(c.client, 'o', ALL, '--from-beginning')).toBe('kept\n')
    const logs = c.disks.map((d) => d.read('/data/o-0/00000000000000000000.log'))
    expect(new Set(logs).size).toBe(1)
  })
  test('all machines restart: topics and records are there', () => {
    const c = three()
    create(c)
    send(c.client, 'o', 'a\n', ALL)
    for (const n of c.nodes) n.kill()
    for (const n of [0, 1, 2]) startNode(c, n, false)
    c.world.pass(40_000)
    expect(isrOf(c)).toEqual(['0', '1', '2'])
    expect(read(c.client, 'o', ALL, '--from-beginning')).toBe('a\n')
  })
})
