/** An image's entrypoint script, called by name from a wrapper instead of by the runtime. */
import { expect, test } from 'vitest'
import { createCatalog } from '../../src/programs/index.ts'
import { FakeWorld } from './fake-world.ts'

const catalog = createCatalog()
const SINGLE = ['-Enode.name=es-9', '-Ediscovery.type=single-node', '-Expack.security.enabled=false']

test.each([
  ['as the runtime calls it', '/bin/tini', ['/bin/tini', '--', '/usr/local/bin/docker-entrypoint.sh', 'eswrapper', ...SINGLE]],
  ['by a wrapper', '/usr/local/bin/docker-entrypoint.sh', ['/usr/local/bin/docker-entrypoint.sh', 'eswrapper', ...SINGLE]],
  ['by a wrapper, with options only', 'docker-entrypoint.sh', ['docker-entrypoint.sh', ...SINGLE]],
])('starts what its arguments name: %s', (_name, executable, argv) => {
  const image = catalog.image('elasticsearch:8.15.3')!
  const program = catalog.program(image, executable)
  expect(program).toBeDefined()
  const world = new FakeWorld()
  world.start(program!, 'box', '10.0.0.2', { argv, env: image.env })
  world.pass(60_000)
  expect(world.http('box', 9200, '/').body).toContain('"es-9"')
})

test('a script that the image does not have is not found', () => {
  expect(catalog.program(catalog.image('elasticsearch:8.15.3')!, '/other-entrypoint.sh')).toBeUndefined()
})
