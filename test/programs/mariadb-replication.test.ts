/** MariaDB with replicas: setting up by variables and by hand, read_only, a cut link, a delay, errors, and failover by hand. */
import { describe, expect, test } from 'vitest'
import { clientCommands } from '../../src/programs/mariadb/clients.ts'
import { healthcheck } from '../../src/programs/mariadb/healthcheck.ts'
import { mariadb } from '../../src/programs/mariadb/index.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const ROOT = { MARIADB_ROOT_PASSWORD: 'root' }
const REPLICATION = { MARIADB_REPLICATION_USER: 'repl', MARIADB_REPLICATION_PASSWORD: 'rpw' }
const [mysql] = clientCommands

interface Node {
  readonly name: string
  readonly ip: string
  readonly id: number
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly files?: MemoryFiles
}
function start(world: FakeWorld, { name, ip, id, args = [], env = {}, files = volume() }: Node): FakeProcess {
  const node = world.start(mariadb, name, ip, {
    argv: ['mariadbd', `--server-id=${id}`, '--log-bin', ...args],
    env: { ...ROOT, ...env },
    files,
  })
  world.pass(12_000)
  return node
}
const sql = (at: FakeProcess, text: string): string => {
  const done = at.exec(mysql!, ['mariadb', '-uroot', '-proot', '-N', '-e', text])
  return (done.stdout ?? '') + (done.stderr ?? '')
}
const status = (at: FakeProcess): Record<string, string> =>
  Object.fromEntries(
    (at.exec(mysql!, ['mariadb', '-uroot', '-proot', '-e', 'SHOW REPLICA STATUS\\G']).stdout ?? '')
      .split('\n')
      .filter((l) => l.includes(': '))
      .map((l) => [l.slice(0, l.indexOf(': ')).trim(), l.slice(l.indexOf(': ') + 2)]),
  )
const A = { name: 'a', ip: '10.0.0.1', id: 1, env: REPLICATION }
const B = {
  name: 'b',
  ip: '10.0.0.2',
  id: 2,
  args: ['--log-slave-updates', '--read-only'],
  env: { ...REPLICATION, MARIADB_MASTER_HOST: 'a' },
}

function pair(files: MemoryFiles = volume()): { world: FakeWorld; a: FakeProcess; b: FakeProcess } {
  const world = new FakeWorld()
  const a = start(world, A)
  sql(a, 'CREATE DATABASE shop; CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT, at DATETIME)')
  const b = start(world, { ...B, files })
  return { world, a, b }
}

describe('a replica', () => {
  test('made by the variables of its image has what was there and what comes, moments included', () => {
    const { world, a, b } = pair()
    sql(a, "INSERT INTO shop.t (v, at) VALUES ('x', NOW())")
    world.pass(100)
    expect(sql(b, 'SELECT * FROM shop.t')).toBe(sql(a, 'SELECT * FROM shop.t'))
    expect(status(b)).toMatchObject({
      Slave_IO_Running: 'Yes',
      Slave_SQL_Running: 'Yes',
      Seconds_Behind_Master: '0',
      Master_Host: 'a',
      Gtid_IO_Pos: '0-1-3',
    })
  })
  test('takes no writes of users who are not allowed everything', () => {
    const { world, a, b } = pair()
    sql(a, "CREATE USER app IDENTIFIED BY 'pw'; GRANT ALL ON shop.* TO app")
    world.pass(100)
    const done = b.exec(mysql!, ['mariadb', '-uapp', '-ppw', '-h127.0.0.1', 'shop', '-e', "INSERT INTO t (v) VALUES ('y')"])
    expect(done.stderr).toContain('ERROR 1290 (HY000) at line 1: The MariaDB server is running with the --read-only option')
    expect(sql(b, 'SET GLOBAL read_only=OFF; SELECT @@read_only')).toBe('OFF\n')
  })
  test('is behind while the link is cut, and catches up', () => {
    const { world, a, b } = pair()
    world.cut.add('10.0.0.1>10.0.0.2')
    sql(a, "INSERT INTO shop.t (v) VALUES ('x')")
    world.pass(10_000)
    expect(sql(b, 'SELECT COUNT(*) FROM shop.t')).toBe('0\n')
    // Nobody knows yet: the link looks well until slave_net_timeout.
    expect(status(b)).toMatchObject({ Slave_IO_Running: 'Yes' })
    world.pass(100_000)
    expect(status(b)).toMatchObject({ Slave_IO_Running: 'Connecting', Seconds_Behind_Master: 'NULL' })
    world.cut.clear()
    world.pass(15_000)
    expect(sql(b, 'SELECT COUNT(*) FROM shop.t')).toBe('1\n')
    expect(status(b)).toMatchObject({ Slave_IO_Running: 'Yes', Seconds_Behind_Master: '0' })
  })
  test('goes on where it was after kill -9 of either', () => {
    const disk = volume()
    const { world, a, b } = pair(disk)
    b.kill()
    sql(a, "INSERT INTO shop.t (v) VALUES ('x')")
    const again = start(world, { ...B, files: disk })
    expect(sql(again, 'SELECT v FROM shop.t')).toBe('x\n')
  })
  test('with MASTER_DELAY runs later', () => {
    const { world, a, b } = pair()
    sql(b, 'STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=60; START SLAVE')
    world.pass(1_000)
    sql(a, "INSERT INTO shop.t (v) VALUES ('x')")
    world.pass(30_000)
    expect([sql(b, 'SELECT COUNT(*) FROM shop.t'), status(b)['Seconds_Behind_Master']]).toEqual(['0\n', '30'])
    world.pass(31_000)
    expect(sql(b, 'SELECT COUNT(*) FROM shop.t')).toBe('1\n')
  })
  test('that was written to stops at the first clash', () => {
    const { world, a, b } = pair()
    sql(b, "INSERT INTO shop.t (id, v) VALUES (1, 'own')")
    sql(a, "INSERT INTO shop.t (id, v) VALUES (1, 'x')")
    world.pass(100)
    expect(status(b)).toMatchObject({ Slave_SQL_Running: 'No', Last_SQL_Errno: '1062' })
    expect(status(b)['Last_SQL_Error']).toContain("Error 'Duplicate entry '1' for key 'PRIMARY'' on query.")
    expect(sql(b, 'SET GLOBAL sql_slave_skip_counter=1; START SLAVE')).toBe('')
    expect(status(b)).toMatchObject({ Slave_SQL_Running: 'Yes' })
  })
})

test.each<[string, string, Record<string, string>]>([
  [
    'wrong password',
    "CHANGE MASTER TO MASTER_HOST='a', MASTER_USER='repl', MASTER_PASSWORD='no'",
    { Slave_IO_Running: 'Connecting', Last_IO_Errno: '1045' },
  ],
  [
    'no privilege',
    "CHANGE MASTER TO MASTER_HOST='a', MASTER_USER='app', MASTER_PASSWORD='pw'",
    { Slave_IO_Running: 'No', Last_IO_Errno: '1227' },
  ],
  [
    'no such host',
    "CHANGE MASTER TO MASTER_HOST='nowhere', MASTER_USER='repl', MASTER_PASSWORD='rpw'",
    { Slave_IO_Running: 'Connecting', Last_IO_Errno: '2005' },
  ],
  [
    'a log that is not there',
    "CHANGE MASTER TO MASTER_HOST='a', MASTER_USER='repl', MASTER_PASSWORD='rpw', MASTER_LOG_FILE='mysqld-bin.000009', MASTER_LOG_POS=4",
    { Slave_IO_Running: 'No', Last_IO_Errno: '1236' },
  ],
])('by hand: %s', (_, change, expected) => {
  const world = new FakeWorld()
  const a = start(world, A)
  sql(a, "CREATE USER app IDENTIFIED BY 'pw'")
  const b = start(world, { ...B, env: {} })
  expect(sql(b, `${change}; START SLAVE`)).toBe('')
  world.pass(1_000)
  expect(status(b)).toMatchObject(expected)
})

test('equal server ids do not replicate', () => {
  const world = new FakeWorld()
  start(world, A)
  const b = start(world, { ...B, id: 1 })
  expect(status(b)['Last_IO_Error']).toContain('master and slave have equal MySQL server ids')
})

test('failover by hand: the replica becomes the primary, the old one its replica; what the old one had not sent is lost', () => {
  const { world, a, b } = pair()
  const disk = a.files
  sql(a, "INSERT INTO shop.t (v) VALUES ('sent')")
  world.pass(100)
  world.cut.add('10.0.0.1>10.0.0.2')
  sql(a, "INSERT INTO shop.t (v) VALUES ('not sent')")
  a.kill()
  world.cut.clear()
  expect(sql(b, 'STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only=OFF')).toBe('')
  expect(sql(b, "CREATE USER 'repl'@'%' IDENTIFIED BY 'rpw'; GRANT REPLICATION SLAVE ON *.* TO 'repl'@'%'")).toContain('')
  expect(sql(b, "INSERT INTO shop.t (v) VALUES ('new')")).toBe('')
  expect(sql(b, 'SELECT v FROM shop.t')).toBe('sent\nnew\n')
  const old = start(world, { ...A, files: disk })
  expect(sql(old, 'SELECT v FROM shop.t')).toBe('sent\nnot sent\n')
})

describe('healthcheck.sh --replication', () => {
  const check = (at: FakeProcess, ...words: string[]): string => {
    const { exitCode, stderr = '' } = at.exec(healthcheck, ['healthcheck.sh', ...words])
    return `${exitCode} ${stderr.trim()}`
  }
  test('tells a replica that follows from one that does not, and needs its grant', () => {
    const world = new FakeWorld()
    const granted = { MARIADB_HEALTHCHECK_GRANTS: 'replica monitor' }
    start(world, { ...A, env: { ...REPLICATION, ...granted } })
    const b = start(world, { ...B, env: { ...B.env, ...granted } })
    expect(check(b, '--replication_io', '--replication_sql', '--replication_seconds_behind_master=5', '--replication')).toBe('0 ')
    sql(b, 'STOP REPLICA SQL_THREAD')
    expect(check(b, '--replication_io', '--replication')).toBe('0 ')
    expect(check(b, '--replication_sql', '--replication')).toBe('1 healthcheck replication failed')
    const without = start(world, { ...B, name: 'c', ip: '10.0.0.3', id: 3 })
    expect(check(without, '--replication')).toContain('REPLICA MONITOR privilege(s) for this operation')
  })
})
