/** The catalog: which images there are, what they start, how pulls fail. */
import { describe, expect, test } from 'vitest'
import { createCatalog } from '../../src/programs/index.ts'

const catalog = createCatalog()

describe('pulling', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx@sha256:'],
    ['nginx:1.27-alpine', 'docker.io/library/nginx@sha256:'],
    ['docker.io/library/mariadb:11.4', 'docker.io/library/mariadb@sha256:'],
    ['curlimages/curl:8.10.1', 'docker.io/curlimages/curl@sha256:'],
    ['registry.k8s.io/e2e-test-images/agnhost:2.39', 'registry.k8s.io/e2e-test-images/agnhost@sha256:'],
    ['acme/shop:3', 'docker.io/acme/shop@sha256:'],
  ])('%s', (name, id) => {
    const found = catalog.pull(name, [])
    expect(found).toMatchObject({ ok: true, imageId: expect.stringContaining(id) })
  })

  test.each([
    ['ngnix', 'pull access denied, repository does not exist or may require authorization'],
    ['nginx:1.99', 'docker.io/library/nginx:1.99: not found'],
    ['nginx:alpine3', 'not found'],
    ['mariadb:11.4.99', 'not found'],
    ['docker.elastic.co/elasticsearch/elasticsearch', 'not found'],
    ['acme/no-such:1', 'pull access denied'],
    ['Nginx', 'invalid reference format'],
  ])('%s is not there', (name, text) => expect(catalog.pull(name, [])).toMatchObject({ ok: false, message: expect.stringContaining(text) }))

  test('takes its time by size', () => {
    const [small, large] = ['busybox', 'wordpress'].map((n) => catalog.pull(n, []))
    expect(small!.pullMs).toBeLessThan(1_000)
    expect(large!.pullMs).toBeGreaterThan(4_000)
  })

  test('a private registry asks who it is; a node that has the image needs not ask', () => {
    const own = createCatalog({
      privateRegistries: [
        { registry: 'registry.miempresa.com', repositories: { web: 'nginx' }, users: { menchu: { password: 'pw', reads: ['web'] } } },
      ],
    })
    const name = 'registry.miempresa.com/web:1.27'
    const credentials = { registry: 'registry.miempresa.com', username: 'menchu', password: 'pw' }
    expect(own.pull(name, [])).toMatchObject({ ok: false, message: expect.stringContaining('401 Unauthorized') })
    expect(own.pull(name, [{ ...credentials, password: 'no' }])).toMatchObject({ ok: false })
    expect(own.pull(name, [credentials])).toMatchObject({ ok: true })
    expect(own.image(name)?.executables).toContain('nginx')
  })

  test('fails when registries are down', () =>
    expect(createCatalog({ registryDown: () => true }).pull('nginx', [])).toMatchObject({
      ok: false,
      message: expect.stringContaining('i/o timeout'),
    }))
})

describe('what an image starts', () => {
  test.each([
    ['nginx', '/docker-entrypoint.sh', 'run:nginx'],
    ['nginx', 'nginx', 'nginx'],
    ['mariadb', 'mariadbd', 'mariadb'],
    ['mariadb', 'mariadb-dump', 'run:mariadb'],
    ['mariadb', 'nginx', undefined],
    ['registry.k8s.io/pause:3.10', '/pause', 'pause'],
    ['acme/shop:3', '/entrypoint', 'unsimulated'],
    ['acme/shop:3', '/other', undefined],
  ])('%s %s', (name, executable, program) => expect(catalog.program(catalog.image(name)!, executable)?.name).toBe(program))

  test('programs are found again by name', () => {
    for (const name of ['run:nginx', 'nginx', 'unsimulated', 'elasticsearch']) expect(catalog.programNamed(name).name).toBe(name)
  })
  test('an image that is not simulated says so', () => expect(catalog.image('ruby:3.3')?.simulated).toBe(false))
  test.each([
    ['nginx', 'curl', true],
    ['busybox', 'wget', true],
    ['busybox', 'curl', false],
    ['registry.k8s.io/pause:3.10', 'wget', false],
  ])('%s has %s: %s', (name, tool, there) => expect(catalog.tool(catalog.image(name)!, tool) !== undefined).toBe(there))
})
