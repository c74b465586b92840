/** MariaDB: first start, later starts, clients, SQL, memory, and two servers over one directory. */
import { describe, expect, test } from 'vitest'
import { clientCommands } from '../../src/programs/mariadb/clients.ts'
import type { MysqlReply } from '../../src/programs/mariadb/contract.ts'
import { dialect } from '../../src/programs/mariadb/dialect.ts'
import { healthcheck } from '../../src/programs/mariadb/healthcheck.ts'
import { mariadb } from '../../src/programs/mariadb/index.ts'
import { statements } from '../../src/programs/sql/lex.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const ENV = { MARIADB_ROOT_PASSWORD: 'root', MARIADB_DATABASE: 'shop', MARIADB_USER: 'app', MARIADB_PASSWORD: 'pw' }
function server(
  world: FakeWorld,
  files: MemoryFiles = volume(),
  env: Record<string, string> = ENV,
  argv: readonly string[] = ['mariadbd'],
  ip = '10.0.0.3',
  limits = {},
): FakeProcess {
  const db = world.start(mariadb, `db-${ip}`, ip, { argv, env, files, limits })
  world.pass(15_000)
  return db
}
const [client, admin, dump] = clientCommands
const ask = (world: FakeWorld, sql: string, user = 'app', password = 'pw', from = '10.0.0.9'): MysqlReply =>
  (
    world.dial(from, {
      host: '10.0.0.3',
      port: 3306,
      protocol: 'mysql',
      payload: { user, password, database: 'shop', sql: statements(sql, dialect) },
      timeoutMs: 1000,
    }) as unknown as { reply: MysqlReply }
  ).reply
const rows = (reply: MysqlReply): unknown => (reply.ok && reply.error === undefined ? reply.results.at(-1)?.rows : reply.error?.message)

describe('the first start', () => {
  test.each([
    ['no password variable', {}, 'Database is uninitialized and password option is not specified'],
    ['MARIADB_USER=root', { MARIADB_ROOT_PASSWORD: 'x', MARIADB_USER: 'root', MARIADB_PASSWORD: 'x' }, 'MARIADB_USER/MYSQL_USER="root"'],
  ])('refuses: %s', (_, env, text) => {
    const db = server(new FakeWorld(), volume(), env as Record<string, string>)
    expect([db.exitCode, db.log.includes(text)]).toEqual([1, true])
  })
  test('takes seconds, then is ready', () => {
    const world = new FakeWorld()
    const db = world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: ENV })
    world.pass(5_000)
    expect(db.ports.size).toBe(0)
    expect(db.exec(healthcheck, ['healthcheck.sh', '--connect']).exitCode).toBe(1)
    world.pass(5_000)
    expect(db.log).toContain('ready for connections')
    expect(db.exec(healthcheck, ['healthcheck.sh', '--connect']).exitCode).toBe(0)
  })
  test('with a twentieth of a CPU takes minutes', () => {
    const world = new FakeWorld()
    const db = server(world, volume(), ENV, ['mariadbd'], '10.0.0.3', { cpuMilli: 50 })
    world.pass(100_000)
    expect(db.ports.size).toBe(0)
    world.pass(60_000)
    expect(db.ports.has(3306)).toBe(true)
  })
  test('killed half-way leaves a directory without its users', () => {
    const world = new FakeWorld()
    const disk = volume()
    const db = world.start(mariadb, 'db-10.0.0.3', '10.0.0.3', { argv: ['mariadbd'], env: ENV, files: disk })
    world.pass(5_000)
    db.kill()
    server(world, disk)
    expect(rows(ask(world, 'SELECT 1'))).toContain("Access denied for user 'app'@'10.0.0.9'")
  })
})

describe('logging in', () => {
  test.each([
    ['right', 'app', 'pw', [[1]]],
    ['wrong password', 'app', 'no', "Access denied for user 'app'@'10.0.0.9' (using password: YES)"],
    ['no password', 'app', '', "Access denied for user 'app'@'10.0.0.9' (using password: NO)"],
    ['nobody', 'x', 'pw', "Access denied for user 'x'@'10.0.0.9' (using password: YES)"],
    ['root from afar', 'root', 'root', [[1]]],
  ])('%s', (_, user, password, expected) => {
    const world = new FakeWorld()
    server(world)
    expect(rows(ask(world, 'SELECT 1', user, password))).toEqual(expected)
  })
  test('a changed environment changes nothing; ALTER USER does', () => {
    const world = new FakeWorld()
    const disk = volume()
    server(world, disk).signal('TERM')
    server(world, disk, { ...ENV, MARIADB_PASSWORD: 'other' })
    expect(rows(ask(world, 'SELECT 1', 'app', 'other'))).toContain('Access denied')
    expect(rows(ask(world, "ALTER USER 'app'@'%' IDENTIFIED BY 'other'", 'root', 'root'))).toEqual([])
    expect(rows(ask(world, 'SELECT 1', 'app', 'other'))).toEqual([[1]])
  })
})

describe('SQL', () => {
  const world = new FakeWorld()
  server(world)
  ask(
    world,
    "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT, name VARCHAR(20) DEFAULT 'x', n INT, PRIMARY KEY (id), UNIQUE KEY name (name)); INSERT INTO t (name, n) VALUES ('a', 1), ('b', 2), ('c', NULL)",
  )
  test.each([
    ['SELECT * FROM t WHERE n >= 2', [[2, 'b', 2]]],
    ['SELECT COUNT(*), MAX(n), SUM(n) FROM t', [[3, 2, 3]]],
    ["SELECT name FROM t WHERE name LIKE '%B' OR n IS NULL ORDER BY id DESC", [['c'], ['b']]],
    ['SELECT id FROM t ORDER BY id LIMIT 1 OFFSET 1', [[2]]],
    ["SELECT CONCAT(name, '-', id) AS x FROM t WHERE id IN (1, 3)", [['a-1'], ['c-3']]],
    ['SELECT name FROM t WHERE n > 0 ORDER BY id DESC LIMIT 1', [['b']]],
    ['SELECT id FROM t ORDER BY id DESC LIMIT 1, 1', [[2]]],
    ['SHOW TABLES', [['t']]],
    ['SELECT DATABASE(), CURRENT_USER()', [['shop', 'app@%']]],
    ["INSERT INTO t (name) VALUES ('a')", "Duplicate entry 'a' for key 'name'"],
    ['SELECT * FROM nope', "Table 'shop.nope' doesn't exist"],
    ['SELECT nope FROM t', "Unknown column 'nope' in 'field list'"],
    [
      'SELEC 1',
      "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'SELEC 1' at line 1",
    ],
    ['BEGIN; DELETE FROM t; ROLLBACK; SELECT COUNT(*) FROM t', [[3]]],
    ['CREATE DATABASE other', "Access denied for user 'app'@'%' to database 'other'"],
    ["CREATE USER 'x'@'%' IDENTIFIED BY 'y'", 'Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation'],
  ])('%s', (sql, expected) => expect(rows(ask(world, sql))).toEqual(expected))
})

describe('what was acknowledged', () => {
  test('is there after the process was killed', () => {
    const world = new FakeWorld()
    const disk = volume()
    const db = server(world, disk)
    ask(
      world,
      "CREATE TABLE t (id INT PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'x'); INSERT INTO t VALUES (2, 'it''s'); UPDATE t SET v = 'y' WHERE id = 1; DELETE FROM t WHERE id = 9",
    )
    db.kill()
    const again = server(world, disk)
    expect(again.log).toContain('crash recovery')
    expect(rows(ask(world, 'SELECT * FROM t'))).toEqual([
      [1, 'y'],
      [2, "it's"],
    ])
  })
  test('comes back from a dump', () => {
    const world = new FakeWorld()
    const db = server(world)
    ask(world, "CREATE TABLE t (id INT AUTO_INCREMENT, v TEXT, PRIMARY KEY (id)); INSERT INTO t (v) VALUES ('a'), ('b')")
    const text = db.exec(dump!, ['mariadb-dump', '-uroot', '-proot', 'shop']).stdout!
    ask(world, 'DROP TABLE t')
    expect(db.exec(client!, ['mariadb', '-uroot', '-proot', 'shop'], text).stderr ?? '').toBe('')
    expect(rows(ask(world, 'SELECT v FROM t'))).toEqual([['a'], ['b']])
  })
})

describe('clients', () => {
  const world = new FakeWorld()
  const db = server(world)
  test.each([
    ['the socket', ['-uapp', '-ppw', '-e', 'SELECT 1 AS n'], 0, 'n\n1\n'],
    [
      'a wrong password',
      ['-uapp', '-pno', '-e', 'SELECT 1'],
      1,
      "ERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: YES)\n",
    ],
    ['a wrong host', ['-h', 'nowhere', '-uapp', '-ppw', '-e', 'SELECT 1'], 1, "ERROR 2005 (HY000): Unknown server host 'nowhere' (-2)\n"],
    [
      'a wrong port',
      ['-h', '127.0.0.1', '-P', '3307', '-uapp', '-ppw', '-e', 'SELECT 1'],
      1,
      "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1' (111)\n",
    ],
  ])('%s', (_, args, code, text) => {
    const done = db.exec(client!, ['mariadb', ...args])
    expect([done.exitCode, (done.stdout ?? '') + (done.stderr ?? '')]).toEqual([code, text])
  })
  test('ping', () => expect(db.exec(admin!, ['mariadb-admin', 'ping', '-uroot', '-proot']).stdout).toBe('mariadbd is alive\n'))
})

describe('one directory', () => {
  test('is not for two servers', () => {
    const world = new FakeWorld()
    const disk = volume()
    server(world, disk)
    const second = server(world, disk, ENV, ['mariadbd'], '10.0.0.4')
    expect(second.ports.size).toBe(0)
    world.pass(40_000)
    expect([second.exitCode, second.log.includes('Unable to lock ./ibdata1 error: 11')]).toEqual([1, true])
  })
  test('is free again when the first is gone', () => {
    const world = new FakeWorld()
    const disk = volume()
    server(world, disk).kill()
    expect(server(world, disk, ENV, ['mariadbd'], '10.0.0.4').ports.has(3306)).toBe(true)
  })
})

test.each([
  ['a pool beyond the limit', '--innodb-buffer-pool-size=2G', true],
  ['a pool within the limit', '--innodb-buffer-pool-size=256M', false],
])('memory under reads: %s', (_, option, killed) => {
  const world = new FakeWorld()
  const db = server(world, volume(), ENV, ['mariadbd', option], '10.0.0.3', { memoryBytes: 512 * 1024 * 1024 })
  ask(world, 'CREATE TABLE t (id INT PRIMARY KEY)')
  for (let i = 0; i < 120; i++) {
    world.pass(1_000)
    if (db.alive) ask(world, 'SELECT * FROM t')
  }
  expect(db.oom).toBe(killed)
})

test('an unknown option stops the server', () => {
  const db = server(new FakeWorld(), volume(), ENV, ['mariadbd', '--inodb-buffer-pool-size=1G'])
  expect(db.log).toContain("unknown variable 'inodb-buffer-pool-size=1G'")
})
