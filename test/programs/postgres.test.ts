/** PostgreSQL: first start, later starts, upgrades, clients, SQL in its dialect, roles, memory and connections. */
import { describe, expect, test } from 'vitest'
import type { ContainerCommand } from '../../src/programs/contract.ts'
import { clientCommands } from '../../src/programs/postgres/clients.ts'
import { postgresImage } from '../../src/programs/postgres/image.ts'
import { postgres } from '../../src/programs/postgres/index.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, type ProcessOptions, volume } from './fake-world.ts'

const imageEnv = (version: string): Record<string, string> => ({ ...postgresImage.image(version, version).env })
const ENV = { ...imageEnv('17.6'), POSTGRES_PASSWORD: 'secret', POSTGRES_USER: 'app', POSTGRES_DB: 'shop' }

function server(
  world: FakeWorld,
  files: MemoryFiles = volume(),
  env: Record<string, string> = ENV,
  more: ProcessOptions = {},
): FakeProcess {
  const db = world.start(postgres, 'db', '10.0.0.3', { argv: ['postgres'], env, files, ...more })
  world.pass(10_000)
  return db
}
const command = (name: string): ContainerCommand => clientCommands.find((c) => c.executables.includes(name))!
const run = (at: FakeProcess, line: readonly string[], stdin = ''): { exitCode: number; stdout?: string; stderr?: string } =>
  at.exec(command(line[0]!), line, stdin)
/** A pod with the clients and no server. */
function client(world: FakeWorld, env: Record<string, string> = {}): FakeProcess {
  const at = world.start(postgres, 'client', '10.0.0.9', { argv: ['postgres', '-c', 'x'], env: { ...imageEnv('17.6'), ...env } })
  return at
}
const sql = (db: FakeProcess, text: string, ...more: string[]): string => {
  const done = run(db, ['psql', '-U', 'app', '-d', 'shop', '-At', ...more, '-c', text])
  return (done.stdout ?? '') + (done.stderr ?? '')
}

describe('the first start', () => {
  test.each<[string, Record<string, string>, string]>([
    ['no password', {}, 'Error: Database is uninitialized and superuser password is not specified.'],
    ['an empty password', { POSTGRES_PASSWORD: '' }, 'You must specify POSTGRES_PASSWORD to a non-empty value'],
    [
      'password twice',
      { POSTGRES_PASSWORD: 'a', POSTGRES_PASSWORD_FILE: '/b' },
      'error: both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are set (but are exclusive)',
    ],
  ])('refuses: %s', (_, env, text) => {
    const db = server(new FakeWorld(), volume(), { ...imageEnv('17.6'), ...env })
    expect([db.exitCode, db.log.includes(text)]).toEqual([1, true])
  })
  test.each([
    ['17.6', 'initdb: detail: It contains a lost+found directory'],
    ['14.19', 'It contains a lost+found directory, perhaps due to it being a mount point.'],
  ])('refuses a mount point with lost+found (%s)', (version, text) => {
    const disk = volume()
    for (const dir of ['/var', '/var/lib', '/var/lib/postgresql', '/var/lib/postgresql/data', '/var/lib/postgresql/data/lost+found'])
      disk.mkdir(dir)
    const db = server(new FakeWorld(), disk, { ...imageEnv(version), POSTGRES_PASSWORD: 'x' })
    expect([db.exitCode, db.log.includes(text)]).toEqual([1, true])
    const below = server(new FakeWorld(), disk, { ...imageEnv(version), POSTGRES_PASSWORD: 'x', PGDATA: '/var/lib/postgresql/data/pgdata' })
    expect(below.log).toContain('database system is ready to accept connections')
  })
  test('18 keeps its data elsewhere and says so when something is mounted at the old place', () => {
    const disk = volume()
    for (const dir of ['/var', '/var/lib', '/var/lib/postgresql', '/var/lib/postgresql/data']) disk.mkdir(dir)
    const db = server(new FakeWorld(), disk, { ...imageEnv('18.0'), POSTGRES_PASSWORD: 'x' })
    expect([db.exitCode, db.log.includes('/var/lib/postgresql/data (unused mount/volume)')]).toEqual([1, true])
  })
  test('only the socket answers while it initialises', () => {
    const world = new FakeWorld()
    const db = world.start(postgres, 'db', '10.0.0.3', { argv: ['postgres'], env: ENV })
    expect(run(db, ['pg_isready'])).toEqual({ exitCode: 2, stdout: '/var/run/postgresql:5432 - no response\n' })
    world.pass(2_700)
    expect(run(db, ['pg_isready'])).toEqual({ exitCode: 0, stdout: '/var/run/postgresql:5432 - accepting connections\n' })
    expect(run(db, ['pg_isready', '-h', 'db']).exitCode).toBe(2)
    world.pass(3_000)
    expect(run(db, ['pg_isready', '-h', 'db'])).toEqual({ exitCode: 0, stdout: 'db:5432 - accepting connections\n' })
  })
  test('scripts run once, in order of their names, and a failing one ends the start', () => {
    const disk = volume()
    disk.mkdir('/docker-entrypoint-initdb.d')
    disk.write('/docker-entrypoint-initdb.d/1.sql', 'CREATE TABLE t (id serial PRIMARY KEY, name text);')
    disk.write('/docker-entrypoint-initdb.d/2.sql', "INSERT INTO t (name) VALUES ('a'), ('b');")
    const world = new FakeWorld()
    const db = server(world, disk)
    expect(sql(db, 'SELECT * FROM t')).toBe('1|a\n2|b\n')
    db.signal('INT')
    disk.write('/docker-entrypoint-initdb.d/3.sql', 'nonsense;')
    expect(server(world, disk).log).toContain('PostgreSQL Database directory appears to contain a database; Skipping initialization')
    const other = volume()
    other.mkdir('/docker-entrypoint-initdb.d')
    other.write('/docker-entrypoint-initdb.d/1.sql', 'nonsense;')
    const failed = server(new FakeWorld(), other)
    expect([failed.exitCode, failed.lines.at(-1)]).toEqual([
      3,
      'psql:/docker-entrypoint-initdb.d/1.sql:1: ERROR:  syntax error at or near "nonsense"',
    ])
  })
})

describe('later starts', () => {
  test('what was acknowledged survives kill -9, and the log tells of the recovery', () => {
    const world = new FakeWorld()
    const disk = volume()
    const db = server(world, disk)
    sql(db, 'CREATE TABLE t (id int)')
    expect(sql(db, 'INSERT INTO t VALUES (7)')).toBe('INSERT 0 1\n')
    db.kill()
    const again = server(world, disk)
    expect(again.log).toContain('database system was not properly shut down; automatic recovery in progress')
    expect(sql(again, 'SELECT * FROM t')).toBe('7\n')
  })
  test('a shutdown leaves nothing to recover', () => {
    const world = new FakeWorld()
    const disk = volume()
    const db = server(world, disk)
    db.signal('INT')
    expect([db.exitCode, db.log.includes('received fast shutdown request')]).toEqual([0, true])
    expect(server(world, disk).log).toMatch(/database system was shut down at/)
  })
  test('another major version does not start on the files', () => {
    const world = new FakeWorld()
    const disk = volume()
    server(world, disk).signal('TERM')
    const newer = server(world, disk, { ...ENV, ...imageEnv('16.10') })
    expect(newer.exitCode).toBe(1)
    expect(newer.log).toContain('FATAL:  database files are incompatible with server')
    expect(newer.log).toContain(
      'The data directory was initialized by PostgreSQL version 17, which is not compatible with this version 16.10',
    )
  })
  test('killed in initdb, it never starts on that directory', () => {
    const world = new FakeWorld()
    const disk = volume()
    world.start(postgres, 'db', '10.0.0.3', { argv: ['postgres'], env: ENV, files: disk }).kill()
    expect([server(world, disk).exitCode]).toEqual([2])
  })
  test('without a volume everything is gone', () => {
    const world = new FakeWorld()
    const db = server(world)
    sql(db, 'CREATE TABLE t (id int)')
    db.kill()
    expect(sql(server(world), 'SELECT * FROM t')).toContain('relation "t" does not exist')
  })
})

describe('logging in', () => {
  test.each<[string, Record<string, string>, readonly string[], string]>([
    ['right', { PGPASSWORD: 'secret' }, ['-U', 'app', '-d', 'shop'], '1\n'],
    ['by URL', {}, ['postgresql://app:secret@db:5432/shop'], '1\n'],
    [
      'wrong password',
      { PGPASSWORD: 'no' },
      ['-U', 'app', '-d', 'shop'],
      'psql: error: connection to server at "db" (10.0.0.3), port 5432 failed: FATAL:  password authentication failed for user "app"\n',
    ],
    [
      'no password',
      {},
      ['-U', 'app', '-d', 'shop'],
      'psql: error: connection to server at "db" (10.0.0.3), port 5432 failed: fe_sendauth: no password supplied\n',
    ],
    [
      'nobody',
      { PGPASSWORD: 'x' },
      ['-U', 'x', '-d', 'shop'],
      'psql: error: connection to server at "db" (10.0.0.3), port 5432 failed: FATAL:  password authentication failed for user "x"\n',
    ],
    [
      'no such database',
      { PGPASSWORD: 'secret' },
      ['-U', 'app', '-d', 'nope'],
      'psql: error: connection to server at "db" (10.0.0.3), port 5432 failed: FATAL:  database "nope" does not exist\n',
    ],
    [
      'no such host',
      {},
      ['-h', 'elsewhere', '-U', 'app'],
      'psql: error: could not translate host name "elsewhere" to address: Name or service not known\n',
    ],
  ])('%s', (_, env, args, expected) => {
    const world = new FakeWorld()
    server(world)
    const at = client(world, env)
    const host = args.includes('-h') || args[0]!.startsWith('postgresql:') ? [] : ['-h', 'db']
    const done = run(at, ['psql', ...host, ...args, '-Atc', 'SELECT 1'])
    expect((done.stdout ?? '') + (done.stderr ?? '')).toBe(expected)
    expect(done.exitCode).toBe(expected === '1\n' ? 0 : 2)
  })
  test('the server keeps the password of its first start; ALTER ROLE changes it', () => {
    const world = new FakeWorld()
    const disk = volume()
    server(world, disk).signal('INT')
    const db = server(world, disk, { ...ENV, POSTGRES_PASSWORD: 'other' })
    const at = client(world, { PGPASSWORD: 'other' })
    expect(run(at, ['psql', '-h', 'db', '-U', 'app', 'shop', '-c', 'SELECT 1']).stderr).toContain('password authentication failed')
    expect(db.log).toContain('Connection matched file "/var/lib/postgresql/data/pg_hba.conf" line 16: "host all all all scram-sha-256"')
    expect(sql(db, "ALTER USER app PASSWORD 'other'")).toBe('ALTER ROLE\n')
    expect(run(at, ['psql', '-h', 'db', '-U', 'app', 'shop', '-Atc', 'SELECT 1']).stdout).toBe('1\n')
  })
  test('pg_hba.conf decides, once it is read again', () => {
    const world = new FakeWorld()
    const db = server(world)
    const path = '/var/lib/postgresql/data/pg_hba.conf'
    db.files.write(path, `local all all trust\nhost all all 10.1.0.0/16 scram-sha-256\n`)
    db.signal('HUP')
    const done = run(client(world, { PGPASSWORD: 'secret' }), ['psql', '-h', 'db', '-U', 'app', 'shop', '-c', 'SELECT 1'])
    expect(done.stderr).toContain('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "shop", no encryption')
  })
})

describe('SQL', () => {
  const world = new FakeWorld()
  const db = server(world)
  sql(
    db,
    "CREATE TABLE t (id serial PRIMARY KEY, name varchar(5) UNIQUE, n int DEFAULT 3, ok boolean); INSERT INTO t (name, n, ok) VALUES ('a', 1, true), ('B', 2, 'f'), ('c', NULL, NULL)",
  )
  test.each([
    ['SELECT * FROM t WHERE n >= 2', '2|B|2|f\n'],
    ['SELECT count(*), max(n), sum(n) FROM t', '3|2|3\n'],
    ['SELECT name FROM t ORDER BY n DESC', 'c\nB\na\n'],
    ["SELECT name FROM t WHERE name LIKE 'b'", ''],
    ["SELECT name FROM t WHERE name ILIKE 'b'", 'B\n'],
    ['SELECT 7 / 2, 7 % 2, true AND false', '3|1|f\n'],
    ["SELECT 'a' || 'b', '5'::int + 1", 'ab|6\n'],
    ['SELECT current_database(), current_user', 'shop|app\n'],
    ['SHOW max_connections', '100\n'],
    ["INSERT INTO t (name) VALUES ('d') RETURNING id, n", '4|3\nINSERT 0 1\n'],
    ["INSERT INTO t (name, n) VALUES ('d', 9) ON CONFLICT (name) DO UPDATE SET n = EXCLUDED.n", 'INSERT 0 1\n'],
    ["DELETE FROM t WHERE name = 'd'", 'DELETE 1\n'],
    [
      "INSERT INTO t (name) VALUES ('a')",
      'ERROR:  duplicate key value violates unique constraint "t_name_key"\nDETAIL:  Key (name)=(a) already exists.\n',
    ],
    ["INSERT INTO t (n) VALUES ('x')", 'ERROR:  invalid input syntax for type integer: "x"\n'],
    ["INSERT INTO t (name) VALUES ('abcdef')", 'ERROR:  value too long for type character varying(5)\n'],
    ['INSERT INTO t (id) VALUES (NULL)', 'INSERT 0 1\n'],
    ['SELECT 1 / 0', 'ERROR:  division by zero\n'],
    ['SELECT nope FROM t', 'ERROR:  column "nope" does not exist\n'],
    ['SELECT * FROM nope', 'ERROR:  relation "nope" does not exist\n'],
    ['SELEC 1', 'ERROR:  syntax error at or near "SELEC"\n'],
    [
      'SELECT frob(1)',
      'ERROR:  function frob(integer) does not exist\nHINT:  No function matches the given name and argument types. You might need to add explicit type casts.\n',
    ],
    ['SELECT * FROM t JOIN u ON true', 'ERROR:  JOIN is not simulated by clusterlab\n'],
    ['CREATE EXTENSION pgcrypto', 'ERROR:  CREATE EXTENSION is not simulated by clusterlab\n'],
    ['DROP DATABASE shop', 'ERROR:  cannot drop the currently open database\n'],
  ])('%s', (text, expected) => expect(sql(db, text)).toBe(expected))

  test('a failed statement takes its whole -c with it; a transaction that is not ended is gone', () => {
    expect(sql(db, 'CREATE TABLE u (id int); INSERT INTO u VALUES (1); SELECT nope')).toContain('ERROR')
    expect(sql(db, 'SELECT * FROM u')).toContain('relation "u" does not exist')
    sql(db, 'CREATE TABLE u (id int)')
    sql(db, 'BEGIN; INSERT INTO u VALUES (1)')
    expect(sql(db, 'SELECT count(*) FROM u')).toBe('0\n')
  })
  test('psql prints a table as it does, and \\-commands', () => {
    const shown = run(db, ['psql', '-U', 'app', 'shop', '-c', 'SELECT id, name FROM t WHERE id < 3 ORDER BY id'])
    expect(shown.stdout).toBe(' id | name \n----+------\n  1 | a\n  2 | B\n(2 rows)\n\n')
    expect(run(db, ['psql', '-U', 'app', 'shop', '-c', '\\dt']).stdout).toContain(' public | t    | table | app')
    expect(run(db, ['psql', '-U', 'app', 'shop'], 'SELECT 1;\nnonsense;\nSELECT 2;\n')).toMatchObject({
      exitCode: 0,
      stderr: 'psql:<stdin>:2: ERROR:  syntax error at or near "nonsense"\n',
    })
    expect(run(db, ['psql', '-U', 'app', 'shop', '-v', 'ON_ERROR_STOP=1'], 'nonsense;\nSELECT 2;\n').exitCode).toBe(3)
  })
})

test.each([
  ['plain', [], 'psql'],
  ['custom', ['-Fc'], 'pg_restore'],
])('a dump (%s) can be brought back', (_, format, by) => {
  const world = new FakeWorld()
  const db = server(world)
  sql(db, "CREATE TABLE t (id serial PRIMARY KEY, name text); INSERT INTO t (name) VALUES ('it''s'), (NULL), ('b\tc')")
  const dumped = run(db, ['pg_dump', '-U', 'app', ...format, 'shop'])
  expect(run(db, ['createdb', '-U', 'app', 'copy']).exitCode).toBe(0)
  const restored = run(db, [by, '-U', 'app', '-d', 'copy'], dumped.stdout)
  expect([restored.exitCode, restored.stderr ?? '']).toEqual([0, ''])
  expect(run(db, ['psql', '-U', 'app', 'copy', '-At', '-c', "INSERT INTO t (name) VALUES ('new')", '-c', 'SELECT * FROM t']).stdout).toBe(
    "INSERT 0 1\n1|it's\n2|\n3|b\tc\n4|new\n",
  )
  if (by === 'pg_restore')
    expect(run(db, ['psql', '-U', 'app', 'copy'], dumped.stdout).stderr).toContain('Use the pg_restore command-line client')
})

test('roles: since 15 only the owner of the database makes tables in public', () => {
  const world = new FakeWorld()
  const db = server(world)
  sql(db, "CREATE ROLE guest LOGIN PASSWORD 'g'")
  const as = (text: string): string => {
    const done = run(db, ['psql', '-U', 'guest', '-d', 'shop', '-Atc', text])
    return (done.stdout ?? '') + (done.stderr ?? '')
  }
  expect(as('CREATE TABLE g (id int)')).toBe('ERROR:  permission denied for schema public\n')
  sql(db, 'CREATE TABLE t (id int)')
  expect(as('SELECT * FROM t')).toBe('ERROR:  permission denied for table t\n')
  sql(db, 'GRANT SELECT ON t TO guest')
  expect(as('SELECT count(*) FROM t')).toBe('0\n')
  expect(as('DROP TABLE t')).toBe('ERROR:  must be owner of table t\n')
})

describe('limits', () => {
  test('connections that are held count', () => {
    const world = new FakeWorld()
    const db = server(world, volume(), ENV, { argv: ['postgres', '-c', 'max_connections=2', '-c', 'superuser_reserved_connections=0'] })
    sql(db, 'SELECT pg_sleep(30)')
    sql(db, 'SELECT pg_sleep(30)')
    expect(sql(db, 'SELECT 1')).toContain('FATAL:  sorry, too many clients already')
    world.pass(31_000)
    expect(sql(db, 'SELECT 1')).toBe('1\n')
  })
  test('shared buffers fill with use, to the limit of the container', () => {
    const world = new FakeWorld()
    const db = server(world, volume(), ENV, { limits: { memoryBytes: 100 * 1024 * 1024 } })
    for (let i = 0; i < 30 && db.alive; i++) {
      sql(db, 'SELECT count(*) FROM pg_tables')
      world.pass(1_000)
    }
    expect(db.oom).toBe(true)
  })
  test.each([
    [['postgres', '-c', 'max_conections=5'], 'FATAL:  unrecognized configuration parameter "max_conections"'],
    [['postgres', '-c', 'shared_buffers=lots'], 'FATAL:  invalid value for parameter "shared_buffers": "lots"'],
  ])('%j does not start', (argv, text) => {
    const db = server(new FakeWorld(), volume(), ENV, { argv })
    expect([db.exitCode, db.log.includes(text)]).toEqual([1, true])
  })
})
