/** Nextcloud with its database and its volume: what a visitor and an administrator see, and what survives. */
import { describe, expect, test } from 'vitest'
import { mariadb } from '../../src/programs/mariadb/index.ts'
import { nextcloud } from '../../src/programs/nextcloud/index.ts'
import { nginx } from '../../src/programs/nginx/index.ts'
import { postgres } from '../../src/programs/postgres/index.ts'
import { redis } from '../../src/programs/redis/index.ts'
import { type FakeProcess, FakeWorld, filesOf, volume } from './fake-world.ts'

const DB = { MARIADB_ROOT_PASSWORD: 'root', MARIADB_DATABASE: 'nextcloud', MARIADB_USER: 'nc', MARIADB_PASSWORD: 'secret' }
const MYSQL = { MYSQL_HOST: 'db', MYSQL_USER: 'nc', MYSQL_PASSWORD: 'secret', MYSQL_DATABASE: 'nextcloud' }
const ADMIN = { NEXTCLOUD_ADMIN_USER: 'admin', NEXTCLOUD_ADMIN_PASSWORD: 'pw' }
const V31 = { NEXTCLOUD_CODE_VERSION: '31.0.9.1' }
const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})
const AUTH = basic('admin', 'pw')
const DAV = '/remote.php/dav/files/admin'

interface Site {
  readonly world: FakeWorld
  readonly web: FakeProcess
  readonly files: ReturnType<typeof volume>
  readonly db: FakeProcess
}

function begin(
  world: FakeWorld,
  name: string,
  ip: string,
  files: ReturnType<typeof volume>,
  env: Record<string, string>,
  argv = 'apache2-foreground',
): FakeProcess {
  return world.start(nextcloud, name, ip, { argv: [argv], env: { ...V31, ...env }, files })
}

function site(env: Record<string, string> = { ...MYSQL, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'cloud *.example.com' }): Site {
  const world = new FakeWorld()
  const db = world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
  world.pass(15_000)
  const files = volume()
  const web = begin(world, 'cloud', '10.0.0.2', files, env)
  world.pass(30_000)
  return { world, web, files, db }
}
const occ = (web: FakeProcess, ...args: string[]): string => {
  const done = web.exec(nextcloud.commands![1]!, ['occ', ...args])
  return `${done.stderr ?? ''}${done.stdout ?? ''}`
}
const put = (world: FakeWorld, host: string, path: string, body: string): number =>
  world.http(host, 80, `${DAV}/${path}`, { method: 'PUT', body, headers: AUTH }).status
const get = (world: FakeWorld, host: string, path: string): { status: number; body: string } =>
  world.http(host, 80, `${DAV}/${path}`, { headers: AUTH })

describe('the first start', () => {
  test('copies, installs and says so', () => {
    const { web, world } = site()
    expect(web.log).toContain('Initializing nextcloud 31.0.9.1 ...\nNew nextcloud instance\nInstalling with MySQL database')
    expect(web.log).toContain(
      'Nextcloud was successfully installed\nSetting trusted domains…\nSystem config value trusted_domains => 1 set to string cloud',
    )
    expect(web.log).toContain('AH00163: Apache/2.4.65 (Debian) PHP/8.3.26 configured')
    expect(JSON.parse(world.http('cloud', 80, '/status.php').body)).toEqual({
      installed: true,
      maintenance: false,
      needsDbUpgrade: false,
      version: '31.0.9.1',
      versionstring: '31.0.9',
      edition: '',
      productname: 'Nextcloud',
      extendedSupport: false,
    })
  })

  test('tries again until its database answers', () => {
    const world = new FakeWorld()
    const web = begin(world, 'cloud', '10.0.0.2', volume(), { ...MYSQL, ...ADMIN })
    world.pass(25_000)
    expect(web.log).toContain('SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo for db failed')
    world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
    world.pass(60_000)
    expect(web.log).toContain('Nextcloud was successfully installed')
  })

  test('gives up after eleven tries; started again, it asks its visitors to install it', () => {
    const world = new FakeWorld()
    const files = volume()
    const web = begin(world, 'cloud', '10.0.0.2', files, { ...MYSQL, ...ADMIN })
    world.pass(600_000)
    expect(web.log).toContain('Installing of nextcloud failed!')
    expect(web.exitCode).toBe(1)
    begin(world, 'cloud', '10.0.0.2', files, { ...MYSQL, ...ADMIN })
    world.pass(5_000)
    expect(world.http('cloud', 80, '/').body).toContain('Create an admin account')
    expect(JSON.parse(world.http('cloud', 80, '/status.php').body)).toMatchObject({ installed: false })
  })

  test('without variables waits for the browser', () => {
    const { web, world } = site({})
    expect(web.log).toContain('Next step: Access your instance to finish the web-based installation!')
    const body = 'install=true&adminlogin=admin&adminpass=pw&dbtype=sqlite'
    expect(world.http('cloud', 80, '/index.php', { method: 'POST', body }).status).toBe(302)
    expect(put(world, 'cloud', 'a.txt', 'hello')).toBe(201)
  })

  test.each([
    ['PostgreSQL', { POSTGRES_HOST: 'pg', POSTGRES_USER: 'nc', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'nextcloud' }],
    ['SQLite', { SQLITE_DATABASE: 'nextcloud' }],
  ])('on %s', (title, env) => {
    const world = new FakeWorld()
    world.start(postgres, 'pg', '10.0.0.4', {
      argv: ['postgres'],
      env: {
        POSTGRES_USER: 'nc',
        POSTGRES_PASSWORD: 'secret',
        POSTGRES_DB: 'nextcloud',
        PGDATA: '/var/lib/postgresql/data',
        PG_VERSION: '16.10',
        PG_MAJOR: '16',
      },
      files: volume(),
    })
    world.pass(15_000)
    const web = begin(world, 'cloud', '10.0.0.2', volume(), { ...env, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'cloud' })
    world.pass(30_000)
    expect(web.log).toContain(`Installing with ${title} database`)
    expect(put(world, 'cloud', "it's.txt", 'hello')).toBe(201)
    expect(get(world, 'cloud', "it's.txt").body).toBe('hello')
  })
})

describe('a visitor', () => {
  test.each([
    ['cloud', 200],
    ['a.example.com', 200],
    ['localhost', 200],
    ['10.0.0.2', 400],
    ['example.com', 400],
  ])('who asks for %s sees %i', (host, status) => {
    const { world } = site()
    world.names.set(host, ['10.0.0.2'])
    expect(world.http(host, 80, '/status.php').status).toBe(status)
    const page = world.http(host, 80, '/login')
    expect([page.status, page.body.includes('Access through untrusted domain')]).toEqual([status, status === 400])
  })

  test('logs in with name and password, or does not', () => {
    const { world } = site()
    expect(world.http('cloud', 80, '/')).toMatchObject({ status: 302, headers: { location: 'http://cloud/login' } })
    const wrong = world.http('cloud', 80, '/login', { method: 'POST', body: 'user=admin&password=no' })
    expect(wrong.headers['location']).toBe('http://cloud/login?direct=1&user=admin')
    const right = world.http('cloud', 80, '/login', { method: 'POST', body: 'user=admin&password=pw' })
    expect(right.headers['location']).toBe('http://cloud/apps/files/')
    const cookie = right.headers['set-cookie']!.split(';')[0]!
    expect(world.http('cloud', 80, '/apps/files/', { headers: { cookie } }).body).toContain('All files')
  })

  test('may not see the data directory', () => {
    const { world } = site()
    expect(world.http('cloud', 80, '/data/admin/files/Readme.md').status).toBe(403)
    expect(world.http('cloud', 80, '/config/config.php').status).toBe(403)
  })
})

describe('WebDAV', () => {
  test('keeps what is uploaded, lists it, and forgets what is deleted', () => {
    const { world, files } = site()
    expect(world.http('cloud', 80, `${DAV}/a.txt`, {}).status).toBe(401)
    expect(world.http('cloud', 80, `${DAV}/a.txt`, { headers: basic('admin', 'no') }).headers['www-authenticate']).toContain('Basic realm')
    expect(put(world, 'cloud', 'a.txt', 'one')).toBe(201)
    expect(put(world, 'cloud', 'a.txt', 'two')).toBe(204)
    expect(files.read('/var/www/html/data/admin/files/a.txt')).toBe('two')
    expect(put(world, 'cloud', 'no/b.txt', 'x')).toBe(409)
    expect(world.http('cloud', 80, `${DAV}/no`, { method: 'MKCOL', headers: AUTH }).status).toBe(201)
    expect(put(world, 'cloud', 'no/b.txt', 'x')).toBe(201)
    const listed = world.http('cloud', 80, `${DAV}/`, { method: 'PROPFIND', headers: { ...AUTH, depth: '1' } })
    expect(listed.status).toBe(207)
    expect(listed.body).toContain('<d:href>/remote.php/dav/files/admin/a.txt</d:href>')
    expect(listed.body).toContain('<d:href>/remote.php/dav/files/admin/no/</d:href>')
    expect(listed.body).not.toContain('b.txt')
    expect(world.http('cloud', 80, `${DAV}/a.txt`, { method: 'DELETE', headers: AUTH }).status).toBe(204)
    expect(get(world, 'cloud', 'a.txt').status).toBe(404)
    expect(files.list('/var/www/html/data/admin/files_trashbin/files')).toHaveLength(1)
  })

  test('does not list what was laid into the data directory by hand until it is scanned', () => {
    const { world, web, files } = site()
    put(world, 'cloud', 'a.txt', 'one')
    files.write('/var/www/html/data/admin/files/by-hand.txt', 'x')
    const listed = (): string => world.http('cloud', 80, `${DAV}/`, { method: 'PROPFIND', headers: AUTH }).body
    expect(listed()).not.toContain('by-hand.txt')
    expect(occ(web, 'files:scan', '--all')).toContain('Starting scan for user 1 out of 1 (admin)')
    expect(listed()).toContain('by-hand.txt')
  })
})

describe('occ', () => {
  test('shows the state and takes the instance out of service', () => {
    const { world, web } = site()
    expect(occ(web, 'status')).toContain('  - installed: true\n  - version: 31.0.9.1\n')
    expect(occ(web, 'maintenance:mode', '--on')).toBe('Maintenance mode enabled\n')
    const page = world.http('cloud', 80, '/login')
    expect([page.status, page.headers['x-nextcloud-maintenance-mode']]).toEqual([503, '1'])
    expect(get(world, 'cloud', 'Readme.md').status).toBe(503)
    expect(JSON.parse(world.http('cloud', 80, '/status.php').body)).toMatchObject({ maintenance: true })
    expect(occ(web, 'user:list')).toContain('Command "user:list" is not defined.')
    expect(occ(web, 'maintenance:mode', '--off')).toContain('Maintenance mode disabled\n')
    expect(world.http('cloud', 80, '/login').status).toBe(200)
  })

  test('sets, shows and deletes settings in config.php', () => {
    const { world, web, files } = site()
    expect(occ(web, 'config:system:set', 'trusted_domains', '7', '--value=other')).toBe(
      'System config value trusted_domains => 7 set to string other\n',
    )
    expect(files.read('/var/www/html/config/config.php')).toContain("    7 => 'other',\n")
    world.names.set('other', ['10.0.0.2'])
    expect(world.http('other', 80, '/login').status).toBe(200)
    expect(occ(web, 'config:system:get', 'trusted_domains')).toBe('localhost\ncloud\n*.example.com\nother\n')
    expect(occ(web, 'config:list', 'system')).toContain('"dbpassword": "***REMOVED SENSITIVE VALUE***"')
    expect(occ(web, 'config:system:delete', 'trusted_domains', '7')).toContain('deleted')
    expect(world.http('other', 80, '/login').status).toBe(400)
  })

  test('adds accounts, which then have files of their own', () => {
    const { world, web } = site()
    const done = web.exec(nextcloud.commands![2]!, [
      'su',
      '-s',
      '/bin/sh',
      'www-data',
      '-c',
      "OC_PASS='s3cret' php occ user:add --password-from-env ana",
    ])
    expect(done.stdout).toBe('The account "ana" was created successfully\n')
    expect(occ(web, 'user:list')).toBe('  - admin: admin\n  - ana: ana\n')
    expect(
      world.http('cloud', 80, '/remote.php/dav/files/ana/x', { method: 'PUT', body: 'x', headers: basic('ana', 's3cret') }).status,
    ).toBe(201)
    expect(world.http('cloud', 80, '/remote.php/dav/files/admin/x', { headers: basic('ana', 's3cret') }).status).toBe(404)
  })

  test('is refused to whom config.php does not belong', () => {
    const { web, files } = site()
    files.chown('/var/www/html/config/config.php', 33, 33)
    const done = web.exec(nextcloud.commands![0]!, ['php', 'occ', 'status'])
    expect(done.stdout).toContain(
      'Console has to be executed with the user that owns the file config/config.php\nCurrent user id: 0\nOwner id of config.php: 33',
    )
  })
})

describe('its database and its Redis', () => {
  test('without the database every page is an error, whose reason is in the log file', () => {
    const { world, db, files } = site()
    db.kill()
    expect(world.http('cloud', 80, '/login').status).toBe(500)
    expect(get(world, 'cloud', 'Readme.md').status).toBe(500)
    expect(world.http('cloud', 80, '/status.php').status).toBe(500)
    expect(files.read('/var/www/html/data/nextcloud.log')).toContain('SQLSTATE[HY000] [2002] Connection refused')
  })

  test('sessions in Redis are every replica’s, sessions in files are one replica’s', () => {
    const world = new FakeWorld()
    world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
    const store = world.start(redis, 'redis', '10.0.0.5', { argv: ['redis-server'], files: volume() })
    world.pass(15_000)
    const files = volume()
    const env = { ...MYSQL, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'a b', REDIS_HOST: 'redis' }
    begin(world, 'a', '10.0.0.2', files, env)
    world.pass(30_000)
    begin(world, 'b', '10.0.0.6', files, env)
    world.pass(5_000)
    const cookie = world.http('a', 80, '/login', { method: 'POST', body: 'user=admin&password=pw' }).headers['set-cookie']!.split(';')[0]!
    expect(world.http('b', 80, '/apps/files/', { headers: { cookie } }).status).toBe(200)
    store.kill()
    expect(world.http('b', 80, '/login').status).toBe(500)
  })
})

describe('replicas', () => {
  test('on one volume wait for each other and serve the same files', () => {
    const world = new FakeWorld()
    world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
    world.pass(15_000)
    const files = volume()
    const env = { ...MYSQL, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'a b' }
    begin(world, 'a', '10.0.0.2', files, env)
    world.pass(100)
    const b = begin(world, 'b', '10.0.0.6', files, env)
    world.pass(60_000)
    expect(b.lines[0]).toBe('Another process is initializing Nextcloud. Waiting...')
    expect(b.log).not.toContain('Initializing nextcloud')
    expect(put(world, 'a', 'a.txt', 'one')).toBe(201)
    expect(get(world, 'b', 'a.txt').body).toBe('one')
  })

  test('on volumes of their own: the second cannot install, and with a copied configuration it knows files that it does not have', () => {
    const world = new FakeWorld()
    world.start(mariadb, 'db', '10.0.0.3', { argv: ['mariadbd'], env: DB, files: volume() })
    world.pass(15_000)
    const [one, other] = [volume(), volume()]
    const env = { ...MYSQL, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'a b' }
    begin(world, 'a', '10.0.0.2', one, env)
    world.pass(40_000)
    put(world, 'a', 'a.txt', 'one')
    const b = begin(world, 'b', '10.0.0.6', other, env)
    world.pass(600_000)
    expect(b.log).toContain('The Login is already being used\nRetrying install...')
    expect(b.exitCode).toBe(1)
    other.write('/var/www/html/config/config.php', one.read('/var/www/html/config/config.php'))
    begin(world, 'b', '10.0.0.6', other, env)
    world.pass(5_000)
    expect(get(world, 'a', 'a.txt').status).toBe(200)
    expect(get(world, 'b', 'a.txt')).toMatchObject({ status: 503, body: expect.stringContaining('Could not open file: a.txt') as string })
  })
})

describe('another image', () => {
  const restarted = (from: string, to: string): { web: FakeProcess; world: FakeWorld } => {
    const { world, web, files } = site({ ...MYSQL, ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'cloud', NEXTCLOUD_CODE_VERSION: from })
    put(world, 'cloud', 'a.txt', 'one')
    web.kill()
    const next = begin(world, 'cloud', '10.0.0.2', files, { ...MYSQL, NEXTCLOUD_CODE_VERSION: to })
    world.pass(30_000)
    return { web: next, world }
  }
  test('one major version newer upgrades', () => {
    const { web, world } = restarted('31.0.9.1', '32.0.1.1')
    expect(web.log).toContain('Upgrading nextcloud from 31.0.9.1 ...')
    expect(web.log).toContain('Update successful')
    expect(JSON.parse(world.http('cloud', 80, '/status.php').body)).toMatchObject({ version: '32.0.1.1', needsDbUpgrade: false })
    expect(get(world, 'cloud', 'a.txt').body).toBe('one')
  })
  test.each([
    [
      'two major versions newer',
      '30.0.1.1',
      '32.0.1.1',
      "Can't start Nextcloud because upgrading from 30.0.1.1 to 32.0.1.1 is not supported.",
    ],
    [
      'older',
      '32.0.1.1',
      '31.0.9.1',
      "Can't start Nextcloud because the version of the data (32.0.1.1) is higher than the docker image version (31.0.9.1)",
    ],
  ])('%s is refused', (_, from, to, said) => {
    const { web } = restarted(from, to)
    expect(web.log).toContain(said)
    expect(web.exitCode).toBe(1)
  })
})

test('PHP-FPM speaks FastCGI on 9000 and no HTTP', () => {
  const world = new FakeWorld()
  const web = begin(world, 'cloud', '10.0.0.2', volume(), {}, 'php-fpm')
  world.pass(30_000)
  expect(web.log).toContain('NOTICE: ready to handle connections')
  expect(world.http('cloud', 9000, '/status.php').failure).toBe('reset')
  const payload = { method: 'GET', path: '/status.php', host: 'cloud', headers: {} }
  expect(world.dial('10.0.0.9', { host: 'cloud', port: 9000, protocol: 'fastcgi', payload, timeoutMs: 1000 })).toMatchObject({
    ok: true,
    reply: { status: 200 },
  })
})

test('nginx before PHP-FPM passes it what it was asked', () => {
  const world = new FakeWorld()
  const fpm = begin(
    world,
    'cloud',
    '10.0.0.2',
    volume(),
    { SQLITE_DATABASE: 'nc', ...ADMIN, NEXTCLOUD_TRUSTED_DOMAINS: 'front' },
    'php-fpm',
  )
  world.pass(30_000)
  const location = 'include fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_pass php-handler;'
  const conf = `events {}\nhttp { upstream php-handler { server cloud:9000; } server { listen 80; server_name _; root /var/www/html; location / { try_files $uri /index.php$request_uri; } location ~ \\.php(?:$|/) { ${location} } } }\n`
  world.start(nginx, 'front', '10.0.0.7', {
    argv: ['nginx'],
    files: filesOf({ '/etc/nginx/nginx.conf': conf, '/etc/nginx/fastcgi_params': '' }),
  })
  world.pass(1_000)
  expect(JSON.parse(world.http('front', 80, '/status.php').body)).toMatchObject({ installed: true })
  expect(world.http('front', 80, '/login').body).toContain('Log in to Nextcloud')
  expect(put(world, 'front', 'a.txt', 'one')).toBe(201)
  fpm.kill()
  expect(world.http('front', 80, '/status.php').status).toBe(502)
})
