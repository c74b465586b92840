/** WordPress with its MariaDB: what a visitor sees, and why. */
import { describe, expect, test } from 'vitest'
import { mariadb } from '../../src/programs/mariadb/index.ts'
import { writeText } from '../../src/programs/text/files.ts'
import { wordpress } from '../../src/programs/wordpress/index.ts'
import { type FakeProcess, FakeWorld, volume } from './fake-world.ts'

const DB = { MARIADB_ROOT_PASSWORD: 'root', MARIADB_DATABASE: 'wordpress', MARIADB_USER: 'wp', MARIADB_PASSWORD: 'secret' }
const WP = { WORDPRESS_DB_HOST: 'mariadb', WORDPRESS_DB_USER: 'wp', WORDPRESS_DB_PASSWORD: 'secret', WORDPRESS_DB_NAME: 'wordpress' }
const INSTALL = {
  method: 'POST',
  body: 'weblog_title=Shop&user_name=admin&admin_password=pw&admin_email=a%40b.c',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
}
const AUTH = { authorization: `Basic ${Buffer.from('admin:pw').toString('base64')}`, 'content-type': 'application/json' }

function site(
  wp: Record<string, string> = {},
  limits: { memoryBytes?: number; cpuMilli?: number } = {},
): { world: FakeWorld; db: FakeProcess; web: FakeProcess; data: ReturnType<typeof volume> } {
  const world = new FakeWorld()
  const data = volume()
  const db = world.start(mariadb, 'mariadb', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: data })
  world.pass(15_000)
  const web = world.start(wordpress, 'wordpress', '10.0.0.2', { argv: ['apache2-foreground'], env: { ...WP, ...wp }, limits })
  world.pass(5_000)
  return { world, db, web, data }
}

describe('a visitor', () => {
  test('is sent to the installer, then sees the post that was written', () => {
    const { world } = site()
    expect(world.http('wordpress', 80, '/')).toMatchObject({ status: 302, headers: { location: 'http://wordpress/wp-admin/install.php' } })
    expect(world.http('wordpress', 80, '/wp-admin/install.php?step=2', INSTALL).body).toContain('Success!')
    const made = world.http('wordpress', 80, '/wp-json/wp/v2/posts', {
      method: 'POST',
      headers: AUTH,
      body: JSON.stringify({ title: "it's a nonce", content: 'seed 42', status: 'publish' }),
    })
    expect(made.status).toBe(201)
    const id = (JSON.parse(made.body) as { id: number }).id
    expect(world.http('wordpress', 80, `/?p=${id}`).body).toContain('seed 42')
    expect(world.http('wordpress', 80, '/').body).toContain('it')
    expect(world.http('wordpress', 80, '/wp-json/wp/v2/posts').body).toContain('seed 42')
    expect(world.http('wordpress', 80, '/?p=999').status).toBe(404)
  })

  test.each([
    ['wrong password', { WORDPRESS_DB_PASSWORD: 'wrong' }, 500, 'Error establishing a database connection'],
    ['wrong user', { WORDPRESS_DB_USER: 'nobody' }, 500, 'Error establishing a database connection'],
    ['a name that is none', { WORDPRESS_DB_HOST: 'mariadb-servce' }, 500, 'Error establishing a database connection'],
    ['the wrong port', { WORDPRESS_DB_HOST: 'mariadb:3307' }, 500, 'Error establishing a database connection'],
    ['a database that is not there', { WORDPRESS_DB_NAME: 'blog' }, 500, 'Cannot select database'],
  ])('%s', (_, env, status, text) => {
    const { world } = site(env as Record<string, string>)
    const seen = world.http('wordpress', 80, '/')
    expect([seen.status, seen.body.includes(text)]).toEqual([status, true])
  })

  test('the database logs who was refused, from where', () => {
    const { world, db } = site({ WORDPRESS_DB_PASSWORD: 'wrong' })
    world.http('wordpress', 80, '/')
    expect(db.log).toContain("Access denied for user 'wp'@'10.0.0.2' (using password: YES)")
  })

  test('a database that is silent holds the page for a minute', () => {
    const { world } = site()
    world.cut.add('10.0.0.2>10.0.0.3')
    expect(world.http('wordpress', 80, '/').latencyMs).toBeGreaterThan(59_000)
    expect(world.http('wordpress', 80, '/', {}, 1000).failure).toBe('timeout')
  })
})

describe('the database', () => {
  test('keeps posts and passwords in its volume; a new environment changes nothing', () => {
    const { world, db, data } = site()
    world.http('wordpress', 80, '/wp-admin/install.php?step=2', INSTALL)
    db.kill()
    world.start(mariadb, 'mariadb', '10.0.0.3', { argv: ['mariadbd'], env: { ...DB, MARIADB_PASSWORD: 'new' }, files: data })
    world.pass(6_000)
    expect(world.http('wordpress', 80, '/').body).toContain('Hello world!')
  })
  test('loses everything with its volume', () => {
    const { world, db } = site()
    world.http('wordpress', 80, '/wp-admin/install.php?step=2', INSTALL)
    db.kill()
    world.start(mariadb, 'mariadb', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
    world.pass(12_000)
    expect(world.http('wordpress', 80, '/').status).toBe(302)
  })
})

describe('maintenance', () => {
  test.each([
    ['now', '<?php $upgrading = time();', 503],
    ['an hour ago', '<?php $upgrading = 1794996400; ?>', 302],
    ['an empty file', '', 302],
  ])('%s', (_, text, status) => {
    const { world, web } = site()
    writeText(web.files, '/var/www/html/.maintenance', text)
    expect(world.http('wordpress', 80, '/').status).toBe(status)
    expect(world.http('wordpress', 80, '/readme.html').status).toBe(200)
  })
})

describe('load', () => {
  const MiB = 1024 * 1024
  const load = (web: FakeProcess, perSecond: number): void => web.event({ type: 'load', port: 80, perSecond, inFlight: 0 })
  test('a small load fits', () => {
    const { web } = site({}, { memoryBytes: 512 * MiB, cpuMilli: 1000 })
    load(web, 5)
    expect(web.alive).toBe(true)
  })
  test('more than the CPU can do makes workers until the kernel kills it', () => {
    const { web } = site({}, { memoryBytes: 1024 * MiB, cpuMilli: 1000 })
    load(web, 50)
    expect(web.oom).toBe(true)
  })
  test('its own bound keeps it alive, and what is too much waits', () => {
    const { world, web } = site({}, { memoryBytes: 1024 * MiB, cpuMilli: 1000 })
    writeText(web.files, '/etc/apache2/conf-enabled/limit.conf', 'MaxRequestWorkers 10\n')
    web.signal('USR1')
    load(web, 50)
    expect(web.alive).toBe(true)
    expect(web.log).toContain('MaxRequestWorkers')
    expect(world.http('wordpress', 80, '/', {}, 2000).failure).toBe('timeout')
    load(web, 20)
    expect(world.http('wordpress', 80, '/', {}, 2000).status).toBe(302)
  })
  test('a memory_limit below what a page needs is an error page', () => {
    const { world, web } = site()
    writeText(web.files, '/usr/local/etc/php/conf.d/limit.ini', 'memory_limit = 16M\n')
    web.signal('USR1')
    expect(world.http('wordpress', 80, '/').status).toBe(500)
    expect(web.log).toContain('Allowed memory size of 16777216 bytes exhausted')
  })
})
