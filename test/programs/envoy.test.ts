/** Envoy: routes, weights, what it says when nobody is behind it, and mutual TLS between two of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { envoy } from '../../src/programs/envoy/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

const pem = (name: string): string => readFileSync(`test/cluster/fixtures/webhook/${name}`, 'utf8')
const socket = (host: string, port: number): string => `{socket_address: {address: ${host}, port_value: ${port}}}`
const cluster = (name: string, host: string, port: number, more = ''): string =>
  `  - {name: ${name}, load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address: ${socket(host, port)}}}]}]}${more}}\n`
const listener = (address: string, port: number, routes: string, more = ''): string =>
  `  - name: in
    address: ${socket(address, port)}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          route_config: {virtual_hosts: [{domains: ['*'], routes: [${routes}]}]}
${more}`
const config = (listeners: string, clusters: string): string => `static_resources:\n  listeners:\n${listeners}  clusters:\n${clusters}`
const TLS = (kind: string, ca = 'ca.crt', own = true): string =>
  `{name: tls, typed_config: {${kind === 'server' ? 'require_client_certificate: true, ' : ''}common_tls_context: {validation_context: {trusted_ca: {filename: /tls/${ca}}}${own ? ', tls_certificates: [{certificate_chain: {filename: /tls/hook.crt}, private_key: {filename: /tls/hook.key}}]' : ''}}}}`

function boot(world: FakeWorld, name: string, ip: string, text: string): FakeProcess {
  const tls = Object.fromEntries(['hook.crt', 'hook.key', 'ca.crt', 'other-ca.crt'].map((n) => [`/tls/${n}`, pem(n)]))
  return world.start(envoy, name, ip, {
    argv: ['envoy', '-c', '/etc/envoy/envoy.yaml'],
    files: filesOf({ '/etc/envoy/envoy.yaml': text, ...tls }),
  })
}
function backend(world: FakeWorld, name: string, ip: string): FakeProcess {
  return world.start(
    {
      name: 'b',
      executables: [],
      start: (ctx) => void ctx.listen(80),
      on(state, event, ctx) {
        if (event.type === 'request') ctx.reply({ status: 200, headers: {}, body: name })
        return state
      },
    },
    name,
    ip,
  )
}
const body = (world: FakeWorld, host: string, port: number, path = '/'): string => {
  const r = world.http(host, port, path)
  return r.failure ?? `${r.status} ${r.body}`
}

describe('routes', () => {
  const world = new FakeWorld()
  backend(world, 'one', '10.0.0.2')
  backend(world, 'two', '10.0.0.3')
  const routes =
    '{match: {path: /direct}, direct_response: {status: 201, body: {inline_string: here}}}, {match: {prefix: /gone}, route: {cluster: gone}}, {match: {prefix: /none}, route: {cluster: none}}, {match: {prefix: /two}, route: {cluster: two}}, {match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: one, weight: 90}, {name: two, weight: 10}]}}}'
  boot(
    world,
    'proxy',
    '10.0.0.1',
    config(
      listener('0.0.0.0', 8080, routes),
      cluster('one', 'one', 80) + cluster('two', 'two', 80) + cluster('gone', 'one', 99) + cluster('none', 'nowhere', 80),
    ),
  )
  test.each([
    ['/direct', '201 here'],
    ['/two', '200 two'],
    [
      '/gone',
      '503 upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
    ],
    ['/none', '503 no healthy upstream'],
  ])('%s', (path, expected) => expect(body(world, 'proxy', 8080, path)).toBe(expected))
  test('ninety of a hundred go to the one', () => {
    const all = Array.from({ length: 200 }, () => body(world, 'proxy', 8080))
    expect(all.filter((b) => b === '200 one').length).toBeGreaterThan(150)
    expect(all).toContain('200 two')
  })
})

describe('mutual TLS', () => {
  /** An application behind its Envoy, and another pod whose Envoy goes there for it. */
  function mesh(client: string): FakeWorld {
    const world = new FakeWorld()
    backend(world, 'app', '10.0.0.2')
    boot(
      world,
      'hook.guard.svc',
      '10.0.0.3',
      config(
        listener('0.0.0.0', 8443, '{match: {prefix: /}, route: {cluster: app}}', `      transport_socket: ${TLS('server')}\n`),
        cluster('app', 'app', 80),
      ),
    )
    boot(
      world,
      'side',
      '10.0.0.4',
      config(listener('0.0.0.0', 15001, '{match: {prefix: /}, route: {cluster: far}}'), cluster('far', 'hook.guard.svc', 8443, client)),
    )
    return world
  }
  test.each([
    ['with a certificate of the same authority', `, transport_socket: ${TLS('client')}`, '200 app'],
    [
      'without a certificate',
      `, transport_socket: ${TLS('client', 'ca.crt', false)}`,
      '503 upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    ],
    ['in the clear', '', '503 upstream connect error or disconnect/reset before headers. reset reason: connection termination'],
  ])('%s', (_name, client, expected) => expect(body(mesh(client), 'side', 15001)).toBe(expected))
  test('from outside the mesh: plain is refused, and so is TLS without a certificate', () => {
    const world = mesh('')
    expect(body(world, 'hook.guard.svc', 8443)).toBe('reset')
    expect(world.http('hook.guard.svc', 8443, '/', { tls: { serverName: 'hook.guard.svc', ca: pem('ca.crt') } }).failure).toBe('reset')
    expect(
      world.http('hook.guard.svc', 8443, '/', {
        tls: { serverName: 'hook.guard.svc', ca: pem('ca.crt'), certificate: pem('other-ca.crt') },
      }).failure,
    ).toBe('reset')
  })
  test('a listener of the own pod takes nothing from others', () => {
    const world = new FakeWorld()
    backend(world, 'app', '10.0.0.2')
    const at = boot(
      world,
      'side',
      '10.0.0.4',
      config(listener('127.0.0.1', 15001, '{match: {prefix: /}, route: {cluster: app}}'), cluster('app', 'app', 80)),
    )
    expect(body(world, 'side', 15001)).toBe('reset')
    const inside = world.dial(at.ip, {
      host: '127.0.0.1',
      port: 15001,
      protocol: 'http',
      payload: { method: 'GET', path: '/', host: 'x', headers: {} },
      timeoutMs: 1_000,
    })
    expect(inside.ok).toBe(true)
  })
})

describe('the start is refused', () => {
  const ONE = '{match: {prefix: /}, route: {cluster: app}}'
  test.each([
    ['an unknown cluster', config(listener('0.0.0.0', 80, ONE), cluster('x', 'x', 1)), "route: unknown cluster 'app'"],
    ['xDS', 'dynamic_resources: {}', 'clusterlab does not simulate dynamic_resources'],
    ['a field that is not simulated', config(listener('0.0.0.0', 80, '{match: {safe_regex: x}}'), ''), "the field 'safe_regex' of a match"],
    [
      'a file that is missing',
      config(listener('0.0.0.0', 80, ONE, `      transport_socket: ${TLS('server', 'no.crt')}\n`), ''),
      'Invalid path: /tls/no.crt',
    ],
    ['broken YAML', 'a: [', 'Unable to convert YAML as JSON'],
  ])('%s', (_name, text, message) => {
    const at = boot(new FakeWorld(), 'e', '10.0.0.1', text)
    expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining(message)])
  })
})
