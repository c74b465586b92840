/** nginx: what its configuration makes of a request, and what it refuses. */
import { describe, expect, test } from 'vitest'
import { nginxImage } from '../../src/programs/nginx/image.ts'
import { nginx } from '../../src/programs/nginx/index.ts'
import { writeText } from '../../src/programs/text/files.ts'
import { whoami } from '../../src/programs/whoami/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

const CONF = '/etc/nginx/conf.d/default.conf'
function web(conf?: string, more: Record<string, string> = {}, world = new FakeWorld()): { world: FakeWorld; server: FakeProcess } {
  const image = nginxImage.image('1.27.3', '1.27.3')
  const server = world.start(nginx, 'web', '10.0.0.5', {
    argv: ['nginx', '-g', 'daemon off;'],
    files: filesOf({ ...image.files, ...(conf !== undefined && { [CONF]: conf }), ...more }),
    env: image.env,
  })
  world.pass(1_000)
  return { world, server }
}
const page = (inner: string, listen = '80'): string => `server { listen ${listen}; root /usr/share/nginx/html; ${inner} }`

describe('answers', () => {
  test.each([
    ['the welcome page', undefined, '/', 200, 'Welcome to nginx!'],
    ['no such file', undefined, '/nope', 404, '404 Not Found'],
    ['a directory without an index', page('index none.html;'), '/', 403, '403 Forbidden'],
    ['return', page('location /hi { default_type text/plain; return 200 "hello $host"; }'), '/hi', 200, 'hello web'],
    ['a redirect', page('location /old { return 301 /new; }'), '/old', 301, ''],
    ['exact before prefix', page('location / { return 200 a; } location = /x { return 200 b; }'), '/x', 200, 'b'],
    ['a pattern before a prefix', page('location /x { return 200 a; } location ~ \\.php$ { return 200 b; }'), '/x/i.php', 200, 'b'],
    ['^~ before a pattern', page('location ^~ /x { return 200 a; } location ~ \\.php$ { return 200 b; }'), '/x/i.php', 200, 'a'],
    ['try_files', page('location / { try_files $uri $uri/ /50x.html; }'), '/nope', 200, 'An error occurred'],
    ['try_files with a status', page('location / { try_files $uri =404; }'), '/nope', 404, '404'],
    ['denied', page('location / { deny all; }'), '/', 403, '403'],
  ])('%s', (_, conf, path, status, text) => {
    const { world } = web(conf)
    const seen = world.http('web', 80, path)
    expect([seen.status, seen.body.includes(text)]).toEqual([status, true])
  })

  test('a file written later is served, an access line is logged', () => {
    const { world, server } = web()
    writeText(server.files, '/usr/share/nginx/html/a.txt', 'later')
    expect(world.http('web', 80, '/a.txt').body).toBe('later')
    expect(server.log).toMatch(/192\.168\.0\.200 - - \[.*\] "GET \/a\.txt HTTP\/1\.1" 200 5/)
  })

  test('PUT writes a file where dav_methods allows it', () => {
    const { world } = web(page('location /data { dav_methods PUT DELETE; create_full_put_path on; }'))
    expect(world.http('web', 80, '/data/k1', { method: 'PUT', body: 'v1' }).status).toBe(201)
    expect(world.http('web', 80, '/data/k1').body).toBe('v1')
    expect(world.http('web', 80, '/', { method: 'PUT', body: 'x' }).status).toBe(405)
  })
})

describe('proxying', () => {
  const conf = page('location / { proxy_pass http://back; proxy_read_timeout 2s; proxy_connect_timeout 1s; }')
  const both = (): { world: FakeWorld; back: FakeProcess; server: FakeProcess } => {
    const world = new FakeWorld()
    const back = world.start(whoami, 'back', '10.0.0.6', { argv: ['/whoami'] })
    return { ...web(conf, {}, world), back }
  }
  test('reaches the backend', () => expect(both().world.http('web', 80, '/').body).toContain('Hostname: back'))
  test('502 when it is dead', () => {
    const { world, back, server } = both()
    back.kill()
    expect(world.http('web', 80, '/').status).toBe(502)
    expect(server.log).toContain('connect() failed (111: Connection refused) while connecting to upstream')
  })
  test('504 when it is silent', () => {
    const { world } = both()
    world.cut.add('10.0.0.5>10.0.0.6')
    expect(world.http('web', 80, '/').status).toBe(504)
  })
  test('the next one when one is dead', () => {
    const world = new FakeWorld()
    world.start(whoami, 'b1', '10.0.0.6', { argv: ['/whoami'] }).kill()
    world.start(whoami, 'b2', '10.0.0.7', { argv: ['/whoami'] })
    web(`upstream pool { server b1; server b2; } ${page('location / { proxy_pass http://pool; }')}`, {}, world)
    for (let i = 0; i < 4; i++) expect(world.http('web', 80, '/').body).toContain('b2')
  })
})

describe('refused at the start', () => {
  test.each([
    ['an unknown directive', page('frobnicate on;'), `unknown directive "frobnicate" in ${CONF}:1`],
    ['a missing brace', 'server { listen 80;', 'unexpected end of file, expecting "}"'],
    ['a missing semicolon', 'server { listen 80 }', 'unexpected "}"'],
    ['a backend without a name', page('location / { proxy_pass http://nobody:80; }'), 'host not found in upstream "nobody"'],
    ['what is not simulated', page('location / { uwsgi_pass x; }'), 'not simulated'],
  ])('%s', (_, conf, text) => {
    const { server } = web(conf)
    expect([server.exitCode, server.log.includes(text)]).toEqual([1, true])
  })
})

test('HUP takes the new configuration, or keeps the old when the new is wrong', () => {
  const { world, server } = web(page('return 200 one;'))
  writeText(server.files, CONF, page('return 200 two;', '8080'))
  expect(world.http('web', 80, '/').body).toBe('one')
  server.signal('HUP')
  expect(world.http('web', 8080, '/').body).toBe('two')
  expect(world.http('web', 80, '/').failure).toBe('refused')
  writeText(server.files, CONF, 'rubbish')
  server.signal('HUP')
  expect(world.http('web', 8080, '/').body).toBe('two')
  expect(server.exec(nginx.commands![0]!, ['nginx', '-t']).exitCode).toBe(1)
})
