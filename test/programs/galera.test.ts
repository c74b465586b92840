/** MariaDB with Galera: bootstrap, joining, synchronous writes, quorum, transfers, and coming back after everything went down. */
import { describe, expect, test } from 'vitest'
import { clientCommands } from '../../src/programs/mariadb/clients.ts'
import { healthcheck } from '../../src/programs/mariadb/healthcheck.ts'
import { mariadb } from '../../src/programs/mariadb/index.ts'
import { FileError } from '../../src/script/files.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const [mysql] = clientCommands
const DIR = '/var/lib/mysql'
interface Cluster {
  readonly world: FakeWorld
  readonly disks: readonly MemoryFiles[]
  readonly nodes: FakeProcess[]
}
const ip = (n: number): string => `10.0.0.${n + 1}`

function startNode(c: Cluster, n: number, ...args: string[]): FakeProcess {
  const argv = [
    'mariadbd',
    '--wsrep-on=ON',
    '--wsrep-cluster-address=gcomm://n0,n1,n2',
    `--wsrep-node-name=n${n}`,
    '--binlog-format=ROW',
    ...args,
  ]
  const node = c.world.start(mariadb, `n${n}`, ip(n), { argv, env: { MARIADB_ROOT_PASSWORD: 'root' }, files: c.disks[n]! })
  c.nodes[n] = node
  return node
}
function cluster(): Cluster {
  const c: Cluster = { world: new FakeWorld(), disks: [volume(), volume(), volume()], nodes: [] }
  startNode(c, 0, '--wsrep-new-cluster')
  c.world.pass(12_000)
  startNode(c, 1)
  c.world.pass(25_000)
  startNode(c, 2)
  c.world.pass(25_000)
  return c
}
const sql = (at: FakeProcess, text: string): string => {
  const done = at.exec(mysql!, ['mariadb', '-uroot', '-proot', '-N', '-e', text])
  return (done.stdout ?? '') + (done.stderr ?? '')
}
const status = (at: FakeProcess, name: string): string => sql(at, `SHOW STATUS LIKE 'wsrep_${name}'`).trim().split('\t').at(-1)!
const cutOff = (c: Cluster, n: number): void => {
  for (const other of [0, 1, 2]) if (other !== n) c.world.cut.add(`${ip(n)}>${ip(other)}`)
}
const NOT_READY = 'ERROR 1047 (08S01) at line 1: WSREP has not yet prepared node for application use\n'
const grastate = (c: Cluster, n: number): string => c.disks[n]!.read(`${DIR}/grastate.dat`)

describe('a cluster of three', () => {
  test('forms, and a write on any node is on all', () => {
    const c = cluster()
    expect(c.nodes.map((n) => [status(n, 'cluster_size'), status(n, 'cluster_status'), status(n, 'local_state_comment')])).toEqual(
      Array(3).fill(['3', 'Primary', 'Synced']),
    )
    sql(c.nodes[1]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT)')
    sql(c.nodes[2]!, "INSERT INTO shop.t (v) VALUES ('x')")
    expect(c.nodes.map((n) => sql(n, 'SELECT v FROM shop.t'))).toEqual(['x\n', 'x\n', 'x\n'])
    expect(c.nodes[2]!.log).toContain('SST received')
  })
  test('goes on without one node that was killed, which comes back by SST', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    c.nodes[2]!.kill()
    expect(sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")).toBe('')
    expect(status(c.nodes[0]!, 'cluster_size')).toBe('2')
    startNode(c, 2)
    c.world.pass(20_000)
    expect(sql(c.nodes[2]!, 'SELECT v FROM shop.t')).toBe('x\n')
    expect(status(c.nodes[1]!, 'cluster_size')).toBe('3')
  })
  test('a node stopped in order comes back by IST', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    c.nodes[2]!.signal('TERM')
    expect(grastate(c, 2)).toMatch(/seqno: +2\nsafe_to_bootstrap: 0/)
    sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")
    startNode(c, 2)
    c.world.pass(10_000)
    expect(c.nodes[2]!.log).toContain('Receiving IST: 1 writesets')
    expect(sql(c.nodes[2]!, 'SELECT v FROM shop.t')).toBe('x\n')
  })
  test('the node that is cut off refuses, the others go on, and it comes back by itself', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    cutOff(c, 2)
    c.world.pass(10_000)
    expect(sql(c.nodes[2]!, 'SELECT v FROM shop.t')).toBe(NOT_READY)
    expect(status(c.nodes[2]!, 'cluster_status')).toBe('non-Primary')
    expect(sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")).toBe('')
    c.world.cut.clear()
    c.world.pass(10_000)
    expect(sql(c.nodes[2]!, 'SELECT v FROM shop.t')).toBe('x\n')
  })
  test('a node whose disk is full ends, and the others go on', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    c.disks[2]!.append = (path) => {
      throw new FileError('ENOSPC', path)
    }
    expect(sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")).toBe('')
    expect([c.nodes[2]!.exitCode, c.nodes[2]!.log.includes('Operating system error in a file operation')]).toEqual([1, true])
    c.world.pass(10_000)
    expect([status(c.nodes[0]!, 'cluster_size'), sql(c.nodes[1]!, 'SELECT v FROM shop.t')]).toEqual(['2', 'x\n'])
  })
  test('a write when most are gone is not taken, and not kept', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    c.nodes[1]!.kill()
    c.nodes[2]!.kill()
    expect(sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")).toContain('WSREP has not yet prepared node for application use')
    expect(sql(c.nodes[0]!, 'SELECT 1')).toBe(NOT_READY)
    expect(sql(c.nodes[0]!, "SET GLOBAL wsrep_provider_options='pc.bootstrap=YES'")).toBe('')
    expect([
      status(c.nodes[0]!, 'cluster_status'),
      status(c.nodes[0]!, 'cluster_size'),
      sql(c.nodes[0]!, 'SELECT COUNT(*) FROM shop.t'),
    ]).toEqual(['Primary', '1', '0\n'])
  })
})

describe('after everything went down', () => {
  test('in order: only the last one is safe to bootstrap from', () => {
    const c = cluster()
    for (const n of [2, 1, 0]) {
      c.nodes[n]!.signal('TERM')
      c.world.pass(1_000)
    }
    expect([0, 1, 2].map((n) => grastate(c, n).includes('safe_to_bootstrap: 1'))).toEqual([true, false, false])
    startNode(c, 1, '--wsrep-new-cluster')
    c.world.pass(5_000)
    expect(c.nodes[1]!.log).toContain('It may not be safe to bootstrap the cluster from this node.')
    expect(c.nodes[1]!.exitCode).toBe(1)
    startNode(c, 0, '--wsrep-new-cluster')
    c.world.pass(5_000)
    startNode(c, 1)
    c.world.pass(10_000)
    expect(status(c.nodes[0]!, 'cluster_size')).toBe('2')
  })
  test('a node alone finds no group and ends', () => {
    const c = cluster()
    for (const node of c.nodes) node.kill()
    startNode(c, 0)
    c.world.pass(45_000)
    expect(c.nodes[0]!.exitCode).toBe(1)
    expect(c.nodes[0]!.log).toContain('failed to reach primary view')
  })
  test('a blackout: when all come back, they go on by themselves', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    sql(c.nodes[0]!, "INSERT INTO shop.t VALUES ('x')")
    for (const node of c.nodes) node.kill()
    for (const n of [0, 1, 2]) startNode(c, n)
    c.world.pass(20_000)
    expect(c.nodes.map((n) => status(n, 'cluster_size'))).toEqual(['3', '3', '3'])
    expect(c.nodes.map((n) => sql(n, 'SELECT v FROM shop.t'))).toEqual(['x\n', 'x\n', 'x\n'])
  })
  test('a blackout by hand: --wsrep-recover tells the position, grastate.dat is edited, the rest joins', () => {
    const c = cluster()
    sql(c.nodes[0]!, 'CREATE DATABASE shop; CREATE TABLE shop.t (v TEXT)')
    for (const node of c.nodes) node.kill()
    startNode(c, 0, '--wsrep-recover')
    c.world.pass(5_000)
    expect(c.nodes[0]!.log).toMatch(/WSREP: Recovered position: [0-9a-f-]+:2/)
    startNode(c, 0, '--wsrep-new-cluster')
    c.world.pass(5_000)
    expect(c.nodes[0]!.exitCode).toBe(1)
    c.disks[0]!.write(`${DIR}/grastate.dat`, grastate(c, 0).replace('safe_to_bootstrap: 0', 'safe_to_bootstrap: 1'))
    startNode(c, 0, '--wsrep-new-cluster')
    c.world.pass(5_000)
    startNode(c, 1)
    c.world.pass(20_000)
    expect(sql(c.nodes[1]!, 'SHOW TABLES IN shop')).toBe('t\n')
  })
})

describe('healthcheck.sh', () => {
  const check = (at: FakeProcess, ...words: string[]): [number, string] => {
    const { exitCode, stderr = '' } = at.exec(healthcheck, ['healthcheck.sh', ...words])
    return [exitCode, stderr.trim().split('\n').at(-1)!]
  }
  test('--galera_online is what the node thinks of itself, --galera_ready whether it takes queries', () => {
    const c = cluster()
    expect(check(c.nodes[2]!, '--connect', '--galera_online', '--galera_ready')).toEqual([0, ''])
    cutOff(c, 2)
    c.world.pass(30_000)
    expect(check(c.nodes[2]!, '--galera_ready')).toEqual([1, 'healthcheck galera_ready failed'])
    expect(check(c.nodes[0]!, '--galera_online', '--galera_ready')).toEqual([0, ''])
  })
  test('what nobody knows is said', () =>
    expect(check(cluster().nodes[0]!, '--galera')).toEqual([1, 'Unknown healthcheck option --galera']))
})
