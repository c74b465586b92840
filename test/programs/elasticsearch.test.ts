/** Elasticsearch: how nodes find each other, who becomes master, what survives. */
import { describe, expect, test } from 'vitest'
import type { NodeInfo } from '../../src/programs/elasticsearch/contract.ts'
import { bootstrapVoting, givesVote, isQuorum, reconfigured } from '../../src/programs/elasticsearch/election.ts'
import { elasticsearch } from '../../src/programs/elasticsearch/index.ts'
import { flatten } from '../../src/programs/elasticsearch/settings.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const node = (name: string, roles = ['master', 'data']): NodeInfo => ({
  id: `id-${name}`,
  ephemeralId: `e-${name}`,
  name,
  ip: name,
  port: 9300,
  roles,
})

describe('quorum', () => {
  test.each([
    ['two of three', ['a', 'b', 'c'], ['a', 'b'], true],
    ['one of three', ['a', 'b', 'c'], ['a'], false],
    ['two of four', ['a', 'b', 'c', 'd'], ['a', 'b'], false],
    ['strangers do not count', ['a', 'b', 'c'], ['a', 'x', 'y'], false],
    ['nobody may vote', [], ['a'], false],
  ])('%s', (_, voting, ids, expected) => expect(isQuorum(voting, ids)).toBe(expected))
})

describe('bootstrapping', () => {
  const s = (names: string[], singleNode = false): { initialMasterNodes: string[]; singleNode: boolean } => ({
    initialMasterNodes: names,
    singleNode,
  })
  test.each([
    ['needs more than half of the names', s(['a', 'b', 'c']), [], undefined],
    ['two of three found', s(['a', 'b', 'c']), [node('b')], ['id-a', 'id-b', '{bootstrap-placeholder}-c']],
    ['names that nobody bears', s(['es-0', 'es-1', 'es-2']), [node('b'), node('c')], undefined],
    ['without this node among them', s(['b', 'c']), [node('b'), node('c')], undefined],
    ['no names at all', s([]), [node('b'), node('c')], undefined],
    ['itself alone', s(['a']), [], ['id-a']],
    ['a single node', s([], true), [], ['id-a']],
  ])('%s', (_, settings, found, expected) => expect(bootstrapVoting(settings, node('a'), found)).toEqual(expected))
})

describe('votes', () => {
  const at = (
    term: number,
    accepted = { term: 0, version: 0 },
    uuid?: string,
  ): { term: number; accepted: { term: number; version: number }; uuid: string | undefined } => ({ term, accepted, uuid })
  test.each([
    ['a higher term', at(1), at(2), true],
    ['the same term', at(2), at(2), false],
    ['an older state', at(1, { term: 1, version: 9 }, 'u'), at(2, { term: 1, version: 8 }, 'u'), false],
    ['another cluster', at(1, { term: 1, version: 1 }, 'u'), at(2, { term: 1, version: 1 }, 'v'), false],
  ])('%s', (_, voter, candidate, expected) => expect(givesVote(voter, candidate)).toBe(expected))
})

test.each([
  ['three stay three when one is away', ['id-a', 'id-b', 'id-c'], ['a', 'b'], ['id-a', 'id-b', 'id-c']],
  ['one grows to three', ['id-a'], ['a', 'b', 'c'], ['id-a', 'id-b', 'id-c']],
  ['a new one takes the place of one that is away', ['id-a', 'id-b', 'id-c'], ['a', 'b', 'd'], ['id-a', 'id-b', 'id-d']],
])('voting configuration: %s', (_, voting, live, expected) =>
  expect(
    reconfigured(
      voting,
      live.map((n) => node(n)),
    ),
  ).toEqual(expected),
)

test('settings of elasticsearch.yml', () => {
  const values = flatten(
    'cluster.name: prod\ndiscovery:\n  seed_hosts:\n    - es-1\n    - es-2:9301\ncluster.initial_master_nodes: ["a", "b"] # three\n',
  )
  expect(Object.fromEntries(values)).toEqual({
    'cluster.name': 'prod',
    'discovery.seed_hosts': 'es-1,es-2:9301',
    'cluster.initial_master_nodes': 'a,b',
  })
})

// ── whole nodes ──

const NAMES = ['es-0', 'es-1', 'es-2']
const ip = (name: string): string => `10.0.1.${Number(name.at(-1)) + 1}`
const BASE = { 'xpack.security.enabled': 'false', 'cluster.name': 'prod', ES_JAVA_OPTS: '-Xms512m -Xmx512m' }
const THREE = { ...BASE, 'discovery.seed_hosts': 'es-0,es-1,es-2', 'cluster.initial_master_nodes': 'es-0,es-1,es-2' }

function boot(world: FakeWorld, name: string, env: Record<string, string>, files: MemoryFiles = volume()): FakeProcess {
  return world.start(elasticsearch, name, ip(name), { argv: ['eswrapper'], env, files })
}
function cluster(env: (name: string) => Record<string, string> = () => THREE): {
  world: FakeWorld
  nodes: FakeProcess[]
  disks: MemoryFiles[]
} {
  const world = new FakeWorld()
  const disks = NAMES.map(() => volume())
  const nodes = NAMES.map((n, i) => boot(world, n, env(n), disks[i]))
  world.pass(60_000)
  return { world, nodes, disks }
}
const root = (world: FakeWorld, name: string): string =>
  (JSON.parse(world.http(ip(name), 9200, '/').body) as { cluster_uuid: string }).cluster_uuid
const health = (world: FakeWorld, name: string, query = ''): { status: number; body: Record<string, unknown>; latencyMs: number } => {
  const reply = world.http(ip(name), 9200, `/_cluster/health${query}`)
  return { status: reply.status, body: JSON.parse(reply.body || '{}') as Record<string, unknown>, latencyMs: reply.latencyMs }
}
const master = (world: FakeWorld, name: string): string => world.http(ip(name), 9200, '/_cat/master?h=node').body.trim()

describe('three nodes', () => {
  test('become one cluster with one master', () => {
    const { world } = cluster()
    expect(new Set(NAMES.map((n) => root(world, n))).size).toBe(1)
    for (const n of NAMES) expect(health(world, n).body).toMatchObject({ status: 'green', number_of_nodes: 3 })
    expect(new Set(NAMES.map((n) => master(world, n))).size).toBe(1)
  })

  test.each([
    ['1→2,3 and 2→3', (n: string) => ({ ...THREE, 'discovery.seed_hosts': { 'es-0': 'es-1,es-2', 'es-1': 'es-2', 'es-2': '' }[n]! }), 1],
    ['one balanced name for all', () => ({ ...THREE, 'discovery.seed_hosts': 'es' }), 1],
    [
      'each alone with itself as initial master: three green clusters',
      (n: string) => ({ ...BASE, 'discovery.seed_hosts': n, 'cluster.initial_master_nodes': n }),
      3,
    ],
  ])('%s', (_, env, clusters) => {
    const world = new FakeWorld()
    world.names.set('es', NAMES.map(ip))
    for (const n of NAMES) boot(world, n, env(n))
    world.pass(90_000)
    expect(new Set(NAMES.map((n) => root(world, n))).size).toBe(clusters)
  })

  test.each([
    ['a balanced name without endpoints', { 'discovery.seed_hosts': 'es-ready' }],
    ['initial masters that nobody is', { 'cluster.initial_master_nodes': 'master-1,master-2,master-3' }],
  ])('never meet: %s', (_, wrong) => {
    const world = new FakeWorld()
    world.names.set('es-ready', [])
    const nodes = NAMES.map((n) => boot(world, n, { ...THREE, ...wrong }))
    world.pass(120_000)
    expect(root(world, 'es-0')).toBe('_na_')
    expect(health(world, 'es-1')).toMatchObject({ status: 503, body: { error: { type: 'master_not_discovered_exception' } } })
    expect(nodes[0]!.log).toContain('this node must discover master-eligible nodes')
    expect(nodes[0]!.log).toContain('timed out after [discovery.initial_state_timeout=30s]')
  })

  test('another master is elected when the master dies', () => {
    const { world, nodes } = cluster()
    const uuid = root(world, 'es-0')
    const first = master(world, 'es-0')
    nodes[NAMES.indexOf(first)]!.kill()
    world.pass(5_000)
    const left = NAMES.filter((n) => n !== first)
    expect(master(world, left[0]!)).not.toBe(first)
    expect(health(world, left[0]!).body['number_of_nodes']).toBe(2)
    expect(root(world, left[1]!)).toBe(uuid)
  })

  test('without a quorum there is no master', () => {
    const { world, nodes } = cluster()
    nodes[0]!.kill()
    nodes[1]!.kill()
    world.pass(15_000)
    expect(health(world, 'es-2').status).toBe(503)
    expect(nodes[2]!.log).toContain('an election requires at least 2 nodes with ids from')
  })

  test('a cut network leaves the master to the majority', () => {
    const { world } = cluster()
    const cutOff = master(world, 'es-0')
    const others = NAMES.filter((n) => n !== cutOff)
    for (const o of others) world.cut.add(`${ip(cutOff)}>${ip(o)}`)
    world.pass(60_000)
    expect(health(world, cutOff).status).toBe(503)
    expect(others).toContain(master(world, others[0]!))
    world.cut.clear()
    world.pass(20_000)
    expect(health(world, cutOff).body).toMatchObject({ number_of_nodes: 3 })
  })

  test('all restarted keep the cluster_uuid and the documents', () => {
    const { world, nodes, disks } = cluster()
    const uuid = root(world, 'es-0')
    expect(world.http(ip('es-1'), 9200, '/shop/_doc/1', { method: 'PUT', body: '{"title":"lamp"}' }).status).toBe(201)
    world.pass(3_000)
    for (const n of nodes) n.signal('TERM')
    for (const [i, n] of NAMES.entries()) boot(world, n, THREE, disks[i])
    world.pass(60_000)
    for (const n of NAMES) expect(root(world, n)).toBe(uuid)
    expect(world.http(ip('es-2'), 9200, '/shop/_doc/1').body).toContain('lamp')
    expect(health(world, 'es-0').body['status']).toBe('green')
  })

  test('a document outlives the node of its primary', () => {
    const { world, nodes } = cluster()
    world.http(ip('es-0'), 9200, '/shop/_doc/1', { method: 'PUT', body: '{"title":"lamp"}' })
    world.pass(3_000)
    const primary = world
      .http(ip('es-0'), 9200, '/_cat/shards?h=prirep,node')
      .body.split('\n')
      .find((l) => l.startsWith('p'))!
      .split(/\s+/)[1]!
    nodes[NAMES.indexOf(primary)]!.kill()
    world.pass(90_000)
    const other = NAMES.find((n) => n !== primary)!
    expect(world.http(ip(other), 9200, '/shop/_search').body).toContain('lamp')
    expect(health(world, other).body['status']).toBe('green')
  })
})

test('documents without an id that are written at one instant are all kept', () => {
  const world = new FakeWorld()
  boot(world, 'es-0', { ...BASE, 'discovery.type': 'single-node' })
  world.pass(30_000)
  const body = '{"index":{}}\n{"x":1}\n{"index":{}}\n{"x":1}\n'
  for (let n = 0; n < 3; n++) world.http(ip('es-0'), 9200, '/a/_bulk', { method: 'POST', body })
  world.http(ip('es-0'), 9200, '/a/_doc', { method: 'POST', body: '{"x":1}' })
  expect(world.http(ip('es-0'), 9200, '/a/_count').body).toContain('"count":7')
})

describe('health', () => {
  test('waits for what does not come: 408', () => {
    const { world } = cluster()
    expect(health(world, 'es-0', '?wait_for_nodes=5&timeout=5s')).toMatchObject({ status: 408, body: { timed_out: true } })
  })
  test('one node with a replica is yellow', () => {
    const world = new FakeWorld()
    boot(world, 'es-0', { ...BASE, 'discovery.type': 'single-node' })
    world.pass(30_000)
    world.http(ip('es-0'), 9200, '/a/_doc', { method: 'POST', body: '{"x":1}' })
    expect(health(world, 'es-0').body['status']).toBe('yellow')
    expect(world.http(ip('es-0'), 9200, '/a/_count').body).toContain('"count":1')
  })
})

test.each([
  ['no discovery settings', { 'xpack.security.enabled': 'false' }, 'the default discovery settings are unsuitable'],
  ['security without transport TLS', { 'discovery.seed_hosts': 'es-1' }, 'Transport SSL must be enabled'],
])('a bootstrap check ends the start: %s', (_, env, text) => {
  const world = new FakeWorld()
  const one = boot(world, 'es-0', env as unknown as Record<string, string>)
  world.pass(30_000)
  expect([one.exitCode, one.log.includes(text)]).toEqual([78, true])
})

test('a heap near the limit is killed by the kernel', () => {
  const world = new FakeWorld()
  const one = world.start(elasticsearch, 'es-0', '10.0.1.1', {
    argv: ['eswrapper'],
    env: { ...BASE, ES_JAVA_OPTS: '-Xmx1g' },
    limits: { memoryBytes: 1024 ** 3 },
  })
  expect(one.oom).toBe(true)
})
