/** Where nginx writes its logs: the container's streams in the official image, a file where a volume is mounted over the directory. */
import { expect, test } from 'vitest'
import { nginxImage } from '../../src/programs/nginx/image.ts'
import { nginx } from '../../src/programs/nginx/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

function web(more: Record<string, string>): { world: FakeWorld; server: FakeProcess } {
  const image = nginxImage.image('1.27.3', '1.27.3')
  const world = new FakeWorld()
  const server = world.start(nginx, 'web', '10.0.0.5', {
    argv: ['nginx', '-g', 'daemon off;'],
    files: filesOf({ ...image.files, ...more }),
    env: image.env,
  })
  world.pass(1_000)
  return { world, server }
}
const printed = (server: FakeProcess): string => server.lines.join('\n')

test('the image links its logs to the container', () => {
  const { world, server } = web({})
  world.http('web', 80, '/hello')
  expect(printed(server)).toContain('GET /hello')
})

test('a directory mounted over /var/log/nginx holds files', () => {
  const { world, server } = web({ '/var/log/nginx/.mounted': '' })
  world.http('web', 80, '/hello')
  expect(printed(server)).not.toContain('GET /hello')
  expect(server.files.read('/var/log/nginx/access.log')).toContain('GET /hello')
  expect(server.files.read('/var/log/nginx/error.log')).toContain('open() "/usr/share/nginx/html/hello" failed')
})

test('a place of its own, and one that is not there', () => {
  const conf = (path: string): Record<string, string> => ({
    '/etc/nginx/conf.d/default.conf': `server { listen 80; access_log ${path}; location / { return 200 a; } }`,
  })
  const { world, server } = web({ ...conf('/logs/a.log'), '/logs/.mounted': '' })
  world.http('web', 80, '/hello')
  expect(server.files.read('/logs/a.log')).toContain('GET /hello')
  expect(printed(web(conf('/nowhere/a.log')).server)).toContain('[emerg] open() "/nowhere/a.log" failed (2: No such file or directory)')
})
