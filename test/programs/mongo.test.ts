/** MongoDB: first start, documents, users, what survives; replica sets with elections, write concerns and a cut link. */
import { describe, expect, test } from 'vitest'
import { mongo } from '../../src/programs/mongo/index.ts'
import { mongosh } from '../../src/programs/mongo/shell.ts'
import { writeText } from '../../src/programs/text/files.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

interface More {
  readonly name?: string
  readonly ip?: string
  readonly env?: Record<string, string>
  readonly files?: MemoryFiles
}
function server(
  world: FakeWorld,
  args: readonly string[] = [],
  { name = 'db', ip = '10.0.0.1', env = {}, files = volume() }: More = {},
): FakeProcess {
  const at = world.start(mongo, name, ip, { argv: ['mongod', ...args], env: { MONGO_VERSION: '8.0.13', ...env }, files })
  world.pass(6_000)
  return at
}
const run = (at: FakeProcess, script: string, ...args: string[]): string => {
  const done = at.exec(mongosh, ['mongosh', '--quiet', ...args, '--eval', script])
  return (done.stdout ?? '') + (done.stderr ?? '')
}

describe('documents', () => {
  const at = server(new FakeWorld())
  run(at, "db.t.insertMany([{_id: 1, n: 1, tag: 'a'}, {_id: 2, n: 5, tag: 'b', in: {x: 1}}, {_id: 3, n: 9}])")
  test.each([
    ['db.t.find({n: {$gt: 2}}, {_id: 0, n: 1}).sort({n: -1})', '[ { n: 9 }, { n: 5 } ]\n'],
    ["db.t.findOne({'in.x': 1})", "{ _id: 2, n: 5, tag: 'b', in: { x: 1 } }\n"],
    ['db.t.countDocuments({tag: {$exists: false}})', '1\n'],
    [
      "db.t.updateOne({_id: 1}, {$inc: {n: 2}, $set: {tag: 'z'}})",
      '{\n  acknowledged: true,\n  insertedId: null,\n  matchedCount: 1,\n  modifiedCount: 1,\n  upsertedCount: 0\n}\n',
    ],
    ['print(db.t.findOne({_id: 1}).n)', '3\n'],
    ['db.t.insertOne({_id: 1})', 'MongoServerError: E11000 duplicate key error collection: test.t index: _id_ dup key: { _id: 1 }\n'],
    ['db.t.deleteMany({n: 9})', '{ acknowledged: true, deletedCount: 1 }\n'],
    ['show collections', 't\n'],
    ['db.t.find().map(x => x)', 'SyntaxError: clusterlab simulates only calls on db and rs with plain values, not: => x)'],
    ['db.t.distinct(1)', 'TypeError: db.t.distinct is not a function, or not simulated by clusterlab\n'],
    ['rs.status()', 'MongoServerError[NoReplicationEnabled]: not running with --replSet\n'],
    ["db.adminCommand('ping').ok", '1\n'],
  ])('%s', (script, expected) => expect(run(at, script).trimEnd()).toBe(expected.trimEnd()))
  test('an id is drawn', () => expect(run(at, 'db.u.insertOne({a: 1})')).toMatch(/insertedId: ObjectId\('[0-9a-f]{24}'\)/))
  test('nobody there', () => expect(run(at, '1', 'mongodb://elsewhere/x')).toBe('MongoNetworkError: getaddrinfo ENOTFOUND elsewhere\n'))
})

describe('the first start', () => {
  test('half of the credentials are refused', () => {
    const at = server(new FakeWorld(), [], { env: { MONGO_INITDB_ROOT_USERNAME: 'root' } })
    expect([at.exitCode, at.log.includes("error: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'")]).toEqual([1, true])
  })
  test('says of scripts that they are not run', () => {
    const files = volume()
    writeText(files, '/docker-entrypoint-initdb.d/seed.js', 'db.t.insertOne({a: 1})')
    const world = new FakeWorld()
    const ignored = '/docker-entrypoint-initdb.d/seed.js: ignored: clusterlab runs no scripts here'
    expect(server(world, [], { files }).log).toContain(ignored)
  })
  test('makes the root user, whom later starts keep', () => {
    const world = new FakeWorld()
    const files = volume()
    const env = { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: 'pw' }
    server(world, [], { env, files }).signal('TERM')
    const at = server(world, [], { env: { ...env, MONGO_INITDB_ROOT_PASSWORD: 'other' }, files })
    expect(run(at, 'db.t.find()')).toBe('MongoServerError[Unauthorized]: Command find requires authentication\n')
    expect(run(at, 'db.t.find()', '-u', 'root', '-p', 'other')).toBe('MongoServerError[AuthenticationFailed]: Authentication failed.\n')
    expect(run(at, 'db.t.find()', '-u', 'root', '-p', 'pw')).toBe('[]\n')
  })
  test('a replica set with users needs a key file', () => {
    const at = server(new FakeWorld(), ['--replSet', 'rs0'], {
      env: { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: 'pw' },
    })
    expect([at.exitCode, at.log.includes('security.keyFile is required when authorization is enabled with replica sets')]).toEqual([
      2,
      true,
    ])
  })
})

test('what was acknowledged survives kill -9 on a volume, and nothing does without', () => {
  const world = new FakeWorld()
  const files = volume()
  const at = server(world, [], { files })
  run(at, 'db.t.insertOne({_id: 1})')
  at.kill()
  const again = server(world, [], { files })
  expect(again.log).toContain('Detected unclean shutdown')
  expect(run(again, 'db.t.countDocuments()')).toBe('1\n')
  again.kill()
  expect(run(server(world), 'db.t.countDocuments()')).toBe('0\n')
})

describe('a replica set', () => {
  const ip = (n: number): string => `10.0.0.${n + 1}`
  interface Three {
    readonly world: FakeWorld
    readonly disks: readonly MemoryFiles[]
    readonly nodes: FakeProcess[]
  }
  const startNode = (c: Three, n: number): FakeProcess => {
    c.nodes[n] = server(c.world, ['--replSet', 'rs0', '--bind_ip_all'], { name: `m${n}`, ip: ip(n), files: c.disks[n]! })
    return c.nodes[n]
  }
  function three(): Three {
    const c: Three = { world: new FakeWorld(), disks: [volume(), volume(), volume()], nodes: [] }
    for (const n of [0, 1, 2]) startNode(c, n)
    expect(
      run(
        c.nodes[0]!,
        "rs.initiate({_id: 'rs0', members: [{_id: 0, host: 'm0:27017'}, {_id: 1, host: 'm1:27017'}, {_id: 2, host: 'm2:27017'}]}).ok",
      ),
    ).toBe('1\n')
    c.world.pass(3_000)
    return c
  }
  const URI = 'mongodb://m0,m1,m2/test?replicaSet=rs0'
  const state = (c: Three, n: number): string => run(c.nodes[n]!, 'print(db.hello().isWritablePrimary, db.hello().secondary)').trim()
  const states = (c: Three, ...of: number[]): string[] => of.map((n) => (state(c, n) === 'true false' ? 'primary' : 'secondary'))
  const cutOff = (c: Three, n: number): void => {
    for (const other of [0, 1, 2]) if (other !== n) c.world.cut.add(`${ip(n)}>${ip(other)}`)
  }

  test('before rs.initiate nobody writes', () => {
    const at = server(new FakeWorld(), ['--replSet', 'rs0'])
    expect(run(at, 'db.t.insertOne({})')).toBe('MongoServerError[NotPrimaryOrSecondary]: node is not in primary or recovering state\n')
    expect(run(at, 'rs.status()')).toBe('MongoServerError[NotYetInitialized]: no replset config has been received\n')
  })
  test('a write to the primary is on all; a secondary takes none', () => {
    const c = three()
    expect(states(c, 0, 1, 2)).toEqual(['primary', 'secondary', 'secondary'])
    run(c.nodes[0]!, 'db.t.insertOne({_id: 1})')
    expect(run(c.nodes[2]!, 'db.t.countDocuments()')).toBe('1\n')
    expect(run(c.nodes[1]!, 'db.t.insertOne({_id: 2})')).toBe('MongoServerError[NotWritablePrimary]: not primary\n')
    expect(run(c.nodes[1]!, 'db.t.insertOne({_id: 2})', URI)).toContain('acknowledged: true')
  })
  test('a primary that dies is replaced after the election timeout; its acknowledged writes stay', () => {
    const c = three()
    run(c.nodes[0]!, 'db.t.insertOne({_id: 1})')
    c.nodes[0]!.kill()
    c.world.pass(5_000)
    expect(states(c, 1, 2)).toEqual(['secondary', 'secondary'])
    c.world.pass(9_000)
    expect(states(c, 1, 2).toSorted()).toEqual(['primary', 'secondary'])
    expect(run(c.nodes[1]!, 'db.t.insertOne({_id: 2})', URI)).toContain('acknowledged: true')
    startNode(c, 0)
    c.world.pass(5_000)
    expect(states(c, 0)).toEqual(['secondary'])
    expect(run(c.nodes[0]!, 'db.t.countDocuments()')).toBe('2\n')
  })
  test('a primary that is stopped hands over at once', () => {
    const c = three()
    c.nodes[0]!.signal('TERM')
    c.world.pass(1_000)
    expect(states(c, 1, 2).toSorted()).toEqual(['primary', 'secondary'])
  })
  test('cut off, the primary acknowledges nothing for a majority, steps down, and loses what only it had', () => {
    const c = three()
    cutOff(c, 0)
    expect(run(c.nodes[0]!, 'db.t.insertOne({_id: 1}, {writeConcern: {w: "majority", wtimeout: 500}})')).toBe(
      'MongoServerError[WriteConcern]: waiting for replication timed out\n',
    )
    expect(run(c.nodes[0]!, 'db.t.insertOne({_id: 2}, {writeConcern: {w: 1}})')).toContain('acknowledged: true')
    c.world.pass(30_000)
    expect(states(c, 0)).toEqual(['secondary'])
    expect(states(c, 1, 2).toSorted()).toEqual(['primary', 'secondary'])
    c.world.cut.clear()
    c.world.pass(10_000)
    expect(run(c.nodes[0]!, 'db.t.countDocuments()')).toBe('0\n')
    expect(c.nodes[0]!.log).toContain('Rollback finished')
  })
  test('one of three alone is no primary', () => {
    const c = three()
    c.nodes[1]!.kill()
    c.nodes[2]!.kill()
    c.world.pass(30_000)
    expect(states(c, 0)).toEqual(['secondary'])
    expect(run(c.nodes[0]!, 'db.t.insertOne({})', 'mongodb://m0/test?replicaSet=rs0')).toContain(
      'Server selection timed out after 30000 ms',
    )
  })
  test('rs.add brings a member in with all data', () => {
    const c: Three = { world: new FakeWorld(), disks: [volume(), volume(), volume()], nodes: [] }
    startNode(c, 0)
    run(c.nodes[0]!, 'rs.initiate()')
    run(c.nodes[0]!, 'db.t.insertOne({_id: 1})')
    startNode(c, 1)
    expect(run(c.nodes[0]!, "rs.add('m1:27017').ok")).toBe('1\n')
    c.world.pass(5_000)
    expect(run(c.nodes[1]!, 'db.t.countDocuments()')).toBe('1\n')
    expect(run(c.nodes[0]!, 'rs.status().members[1].stateStr')).toBe('SECONDARY\n')
  })
  test('initiate asks all members', () => {
    const at = server(new FakeWorld(), ['--replSet', 'rs0'], { name: 'm0' })
    expect(run(at, "rs.initiate({_id: 'rs0', members: [{_id: 0, host: 'm0'}, {_id: 1, host: 'm1'}]})")).toContain(
      'quorum check failed because not all proposed set members responded affirmatively: m1:27017',
    )
  })
})

describe('aggregation', () => {
  const at = server(new FakeWorld())
  run(at, "db.o.insertMany([{who: 'ana', sum: 5, tags: ['a', 'b']}, {who: 'eva', sum: 7, tags: ['b']}, {who: 'ana', sum: 10}])")
  test.each([
    [
      "db.o.aggregate([{$group: {_id: '$who', total: {$sum: '$sum'}, n: {$sum: 1}}}, {$sort: {total: -1}}])",
      "[ { _id: 'ana', total: 15, n: 2 }, { _id: 'eva', total: 7, n: 1 } ]\n",
    ],
    ["db.o.aggregate([{$match: {sum: {$gt: 5}}}, {$count: 'many'}]).toArray()", '[ { many: 2 } ]\n'],
    [
      "db.o.aggregate([{$group: {_id: null, mean: {$avg: '$sum'}, most: {$max: '$sum'}, least: {$min: '$sum'}}}, {$project: {_id: 0}}])",
      '[ { mean: 7.333333333333333, most: 10, least: 5 } ]\n',
    ],
    ["db.o.aggregate([{$unwind: '$tags'}, {$sortByCount: '$tags'}, {$limit: 1}])", "[ { _id: 'b', count: 2 } ]\n"],
    [
      "db.o.aggregate([{$sort: {sum: 1}}, {$skip: 2}, {$project: {_id: 0, name: {$toUpper: '$who'}, half: {$divide: ['$sum', 2]}}}])",
      "[ { name: 'ANA', half: 5 } ]\n",
    ],
  ])('%s', (script, out) => expect(run(at, script)).toBe(out))
  test.each([
    ['db.o.aggregate([{$lookup: {}}])', 'the stage $lookup is not simulated'],
    ['db.o.aggregate([{$group: {n: {$sum: 1}}}])', 'a group specification must include an _id'],
    ['db.o.aggregate([{$match: {}, $sort: {}}])', 'must contain exactly one field'],
  ])('%s is refused', (script, said) => expect(run(at, script)).toContain(said))
})
